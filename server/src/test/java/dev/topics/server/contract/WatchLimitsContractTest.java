package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// http-api §11: how many sessions, streams and sockets there may be.
class WatchLimitsContractTest {
  @RegisterExtension
  static final ContractServer server =
      new ContractServer(
          Map.of(
              "TOPICS_MAX_WATCH_SESSIONS", "3",
              "TOPICS_MAX_SSE_CONNECTIONS", "2",
              "TOPICS_MAX_WATCH_TOPICS", "2"));

  @Test
  void sessionsAndStreamsAreBoundedAndTheirPlacesComeBack() {
    String topic = server.topic("{}");
    String json = "{'topics':{'" + topic + "':{}}}";
    String first = server.post("/v0/watch", json).is(200).string("/stream_url");
    String second = server.post("/v0/watch", json).is(200).string("/stream_url");
    server.post("/v0/watch", json).is(200);
    Answer sessions = server.post("/v0/watch", json).refused(429, "throttled");
    sessions.has("/error/detail/limit", "max_watch_sessions").has("/error/detail/max", 3);
    assertThat(sessions.header("Retry-After")).isNotEmpty();

    try (EventReader open = EventReader.open(server.address(), first);
        SocketClient socket = new SocketClient(server.address())) {
      open.next("caught-up");
      socket.send("{'type':'ping'}").read("pong");
      Answer streams = server.get(second).refused(429, "throttled");
      streams.has("/error/detail/limit", "max_sse_connections").has("/error/detail/max", 2);
      assertThat(streams.header("Retry-After")).isNotEmpty();
      socket.frame(true, SocketClient.CLOSE, new byte[] {3, (byte) 0xe8});
      assertThat(socket.readFrame().code()).isEqualTo(1000);
      assertThat(socket.isClosed()).isTrue();
      try (EventReader again = EventReader.open(server.address(), second)) {
        again.next("caught-up");
      }
    }
  }

  @Test
  void aWatchNamesNoMoreTopicsThanAllowed() {
    server
        .post("/v0/watch", "{'topics':{'a':{},'b':{},'c':{}}}")
        .invalid()
        .has("/error/detail/max", 2);
  }
}
