package dev.topics.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.server.http.RawClient.Reply;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Clients of HTTP/1.1 that shut their output when they have asked.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class HalfClosedTest {
  @RegisterExtension private final TestServer server = new TestServer();

  private static String get(String target) {
    return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
  }

  @Test
  void anAnswerThatTakesLongStillComes() throws Exception {
    try (RawClient client = server.connect()) {
      client.send(get("/hold")).endOutput();
      assertThat(client.read().status()).isEqualTo(100);
      server.held.take().complete("late");
      Reply reply = client.readFinal();
      assertThat(reply.text()).isEqualTo("\"late\"");
      assertThat(reply.header("connection")).isEqualTo("close");
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void soDoThoseToAllRequestsBeforeTheEnd() throws Exception {
    try (RawClient client = server.connect()) {
      client.send(get("/hold") + get("/items/x") + get("/hold")).endOutput();
      server.held.take().complete("one");
      assertThat(client.readFinal().text()).isEqualTo("\"one\"");
      assertThat(client.read().text()).contains("x");
      server.held.take().complete("two");
      assertThat(client.readFinal().text()).isEqualTo("\"two\"");
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void whoClosedAltogetherIsNotWaitedFor() throws Exception {
    try (RawClient client = server.connect()) {
      client.send(get("/hold") + get("/items/x"));
      server.held.take();
    }
    assertThat(server.cancelled.await(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aClientOfHttp10CountsAsGone() throws Exception {
    try (RawClient client = server.connect()) {
      client.send("GET /hold HTTP/1.0\r\n\r\n").endOutput();
      assertThat(client.isClosedByServer()).isTrue();
    }
    assertThat(server.cancelled.await(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void whoTakesSomethingFromOthersCountsAsGone() throws Exception {
    try (RawClient client = server.connect()) {
      client.send(get("/items/x") + get("/take") + get("/items/y")).endOutput();
      assertThat(client.read().text()).contains("x");
      assertThat(client.isClosedByServer()).isTrue();
    }
    assertThat(server.cancelled.await(60, TimeUnit.SECONDS)).isTrue();
  }

  /// More requests than wait for their turn do not hide that no more will come.
  @ParameterizedTest
  @ValueSource(ints = {130, 1_000})
  void requestsBehindItDoNotHideThat(int count) throws Exception {
    try (RawClient client = server.connect()) {
      client.send(get("/take") + get("/items/x").repeat(count)).endOutput();
      assertThat(client.isClosedByServer()).isTrue();
    }
    assertThat(server.cancelled.await(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void whatWasAnsweredBeforeStillComes() throws Exception {
    try (RawClient client = server.connect()) {
      client.send(get("/hold") + get("/items/x") + get("/take")).endOutput();
      server.held.take().complete("one");
      assertThat(client.readFinal().text()).isEqualTo("\"one\"");
      assertThat(client.read().text()).contains("x");
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void aStreamEndsInGoodOrder() throws Exception {
    try (RawClient client = server.connect()) {
      client.send(get("/items/x") + get("/events")).endOutput();
      assertThat(client.read().status()).isEqualTo(200);
      assertThat(client.readHead().status()).isEqualTo(200);
      assertThat(client.readChunk()).startsWith("retry: ");
      assertThat(client.readChunk()).as("the last chunk").isEmpty();
      assertThat(client.isClosedByServer()).isTrue();
      assertThat(server.sources.take().closed.await(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aStreamGivesWayToTheRequestsBehindIt() throws Exception {
    try (RawClient client = server.connect()) {
      client.send(get("/events") + get("/items/x")).endOutput();
      assertThat(client.readHead().status()).isEqualTo(200);
      assertThat(client.readChunk()).startsWith("retry: ");
      assertThat(client.readChunk()).as("the last chunk").isEmpty();
      assertThat(client.read().text()).contains("x");
      assertThat(client.isClosedByServer()).isTrue();
    }
  }
}
