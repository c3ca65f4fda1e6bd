package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Engine;
import dev.topics.engine.EngineOptions;
import dev.topics.server.ServerOptions;
import dev.topics.server.TopicsServer;
import dev.topics.server.contract.EventReader.Event;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// http-api §6.1, §6.3 and semantics §5: what streams say of a disk that is slow, or rots.
class WatchStorageTest {
  @TempDir Path directory;

  @Test
  void strongShowsNothingBeforeItIsSyncedWhatEventualShowsAtOnce() throws IOException {
    FaultyDisk disk = new FaultyDisk(directory);
    try (TopicsServer server = start(disk)) {
      put(server, "t", "{'durability':'disk'}").is(201);
      append(server, "t", "1").is(200);
      try (EventReader strong = watch(server, "'heartbeat_ms':1000,'consistency':'strong'");
          EventReader eventual = watch(server, "'consistency':'eventual'")) {
        awaitLive(strong);
        awaitLive(eventual);
        disk.holdSyncs();
        append(server, "t", "2").is(200).has("/first_seq", 2);
        append(server, "t", "3").is(200).has("/first_seq", 3);
        awaitSeqs(eventual, 3);
        // A heartbeat says that there was nothing to send since, and no event comes before it.
        strong.nextComment();
        strong.nextComment();
        disk.releaseSyncs();
        assertThat(awaitSeqs(strong, 3)).containsExactly(2L, 3L);
      } finally {
        disk.releaseSyncs();
      }
    }
  }

  @Test
  void damageIsNamedInItsTopicAndTheOthersGoOn() throws IOException {
    try (TopicsServer server = start(new FaultyDisk(directory))) {
      append(server, "t", "\"before\"").is(201);
      append(server, "t", "\"the-one-that-rots\"").is(200);
      append(server, "t", "\"behind\"").is(200);
      put(server, "other", "{}").is(201);
      StoredText.flip(directory, "the-one-that-rots");
      String both = "{'topics':{'t':{},'other':{}},'limit':1}";
      try (EventReader reader = EventReader.open(server.address(), url(server, both))) {
        List<String> events = new ArrayList<>();
        Event error = reader.next();
        for (; !error.type().equals("error"); error = reader.next()) {
          events.add(error.type() + error.seqs());
        }
        assertThat(events).contains("record[1]").doesNotContain("record[2]", "record[3]");
        assertThat(error.number("code")).isEqualTo(500);
        assertThat(error.data().path("topics")).isEqualTo(Json.tree("['t']"));
        assertThat(error.string("error")).doesNotContain("rots");
        assertThat(error.cursors()).isEqualTo("{\"t\":1,\"other\":0}");
        append(server, "other", "1").is(200);
        Event news = reader.next();
        while (!news.type().equals("record")) {
          news = reader.next();
        }
        assertThat(news.string("topic")).isEqualTo("other");
        assertThat(news.cursors()).isEqualTo("{\"t\":1,\"other\":1}");
      }
      String behind = "{'topics':{'t':{'from_seq':2}}}";
      try (EventReader reader = EventReader.open(server.address(), url(server, behind))) {
        assertThat(reader.next("record").seqs()).containsExactly(3L);
      }
    }
  }

  /// Reads the first record and `caught-up`, which comes before it if it is not there at first.
  private static void awaitLive(EventReader reader) {
    assertThat(List.of(reader.next().type(), reader.next().type()))
        .containsExactlyInAnyOrder("record", "caught-up");
  }

  /// Reads up to the record of this seq; returns the seqs that came.
  private static List<Long> awaitSeqs(EventReader reader, long last) {
    List<Long> seqs = new ArrayList<>();
    while (!seqs.contains(last)) {
      seqs.addAll(reader.next().seqs());
    }
    return seqs;
  }

  private static EventReader watch(TopicsServer server, String fields) {
    return EventReader.open(server.address(), url(server, "{'topics':{'t':{}}," + fields + "}"));
  }

  private static String url(TopicsServer server, String json) {
    return post(server, "/v0/watch", json).is(200).string("/stream_url");
  }

  private static TopicsServer start(FaultyDisk disk) throws IOException {
    ServerOptions listen = ServerOptions.defaults().withPort(0);
    return TopicsServer.start(listen, progress -> Engine.open(disk, EngineOptions.defaults()))
        .awaitReady();
  }

  private static Answer put(TopicsServer server, String topic, String json) {
    return new Request(() -> new Wire(server.address()), "PUT", "/v0/topics/" + topic)
        .json(json)
        .send();
  }

  private static Answer append(TopicsServer server, String topic, String data) {
    return post(server, "/v0/topics/" + topic, Json.write(data));
  }

  private static Answer post(TopicsServer server, String target, String json) {
    return new Request(() -> new Wire(server.address()), "POST", target).json(json).send();
  }
}
