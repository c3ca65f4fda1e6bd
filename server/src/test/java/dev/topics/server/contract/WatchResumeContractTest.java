package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.server.contract.EventReader.Event;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// http-api §6.1 and §6.4: how streams of a session follow one another, and when a session ends.
class WatchResumeContractTest {
  @RegisterExtension static final ContractServer server = new ContractServer();

  private static String url(String json) {
    return server.post("/v0/watch", json).is(200).string("/stream_url");
  }

  private static EventReader open(String url, String... lines) {
    return EventReader.open(server.address(), url, lines);
  }

  @Test
  void aStreamGoesOnWhereTheSessionIs() {
    String topic = server.topicOf(3);
    String url = url("{'topics':{'%s':{}}}".formatted(topic));
    try (EventReader reader = open(url)) {
      assertThat(reader.next("record").seqs()).containsExactly(1L, 2L, 3L);
      reader.next("caught-up");
    }
    server.fill(topic, 2);
    try (EventReader reader = open(url)) {
      assertThat(reader.next("record").seqs()).containsExactly(4L, 5L);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theLastEventIdRewindsButNeverAdvances(boolean inHeader) {
    String topic = server.topicOf(6);
    String url = url("{'topics':{'%s':{}},'limit':2}".formatted(topic));
    String second;
    try (EventReader reader = open(url)) {
      reader.next("record");
      second = reader.next("record").id();
      reader.next("record");
      reader.next("caught-up");
    }
    try (EventReader reader = resume(url, second, inHeader)) {
      assertThat(reader.next("record").seqs()).containsExactly(5L, 6L);
      reader.next("caught-up");
    }
    server.fill(topic, 1);
    String ahead = id("{\"" + topic + "\":7}");
    try (EventReader reader = resume(url, ahead, inHeader)) {
      assertThat(reader.next("record").seqs()).containsExactly(7L);
    }
    String foreign = id("{\"nothing\":3}");
    try (EventReader reader = resume(url, foreign, inHeader)) {
      reader.next("caught-up");
    }
  }

  private static EventReader resume(String url, String id, boolean inHeader) {
    return inHeader ? open(url, "Last-Event-ID: " + id) : open(url + "?last_event_id=" + id);
  }

  private static String id(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  @Test
  void anIdThatIsNoneIsRefusedAndTheSessionStays() {
    String url = url("{'topics':{'%s':{}}}".formatted(server.topicOf(1)));
    for (String id : List.of("!!!", id("7"), id("{\"a\":\"b\"}"), id("{\"a\":-1}"))) {
      server.request("GET", url).header("Last-Event-ID", id).send().invalid();
    }
    try (EventReader reader = open(url)) {
      reader.next("record");
    }
  }

  @Test
  void aDeletionThatWasNotReceivedIsToldAgain() {
    String topic = server.topicOf(2);
    String url = url("{'topics':{'%s':{}}}".formatted(topic));
    String id;
    try (EventReader reader = open(url)) {
      id = reader.next("record").id();
      reader.next("caught-up");
      server.delete("/v0/topics/" + topic).is(200);
      reader.next("topic-deleted");
    }
    try (EventReader reader = open(url, "Last-Event-ID: " + id)) {
      reader.next("topic-deleted");
    }
  }

  @Test
  void aNewerStreamTakesOver() {
    String topic = server.topicOf(1);
    String url = url("{'topics':{'%s':{}}}".formatted(topic));
    try (EventReader first = open(url)) {
      first.next("record");
      first.next("caught-up");
      try (EventReader second = open(url)) {
        Event error = first.next("error");
        assertThat(error.number("code")).isEqualTo(410);
        assertThat(first.ends()).isTrue();
        second.next("caught-up");
        server.fill(topic, 1);
        assertThat(second.next("record").seqs()).containsExactly(2L);
      }
    }
  }

  @Test
  void aSessionEndsWhenNoStreamWasOpenForItsTime() {
    try (ContractServer own = ContractServer.started()) {
      own.clock().freeze();
      String topic = own.topicOf(1);
      String json = "{'topics':{'%s':{}}}".formatted(topic);
      String url = own.post("/v0/watch", json).is(200).string("/stream_url");
      own.clock().advance(299_000);
      try (EventReader reader = EventReader.open(own.address(), url)) {
        reader.next("record");
        own.clock().advance(1_000_000);
        own.fill(topic, 1);
        reader.next("caught-up");
        assertThat(reader.next("record").seqs()).containsExactly(2L);
        own.post("/v0/watch", json).is(200);
      }
      awaitAlone(own, url);
      own.clock().advance(301_000);
      own.get(url).refused(404, "not_found");
    }
  }

  /// Waits until the server knows that the client of `url` has gone.
  private static void awaitAlone(ContractServer own, String url) {
    try (EventReader reader = EventReader.open(own.address(), url)) {
      reader.next("caught-up");
    }
    long deadline = System.nanoTime() + 120_000_000_000L;
    while (streams(own) != 0) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  private static long streams(ContractServer own) {
    return own.get("/v0/metrics")
        .text()
        .lines()
        .filter(line -> line.startsWith("topics_sse_connections"))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf(' '))))
        .findFirst()
        .orElseThrow();
  }
}
