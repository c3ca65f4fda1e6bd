package dev.topics.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.server.auth.Keys;
import dev.topics.server.http.RawClient.Reply;
import dev.topics.server.limits.ConnectionLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Open streams are bounded, of all clients and of each key, and give their places back.
final class StreamLimitsTest {
  private static TestServer limited(String keys, long streams, long perKey) throws IOException {
    AccessOptions access =
        new AccessOptions(
            Keys.open(keys, null),
            false,
            0,
            Set.of(),
            Set.of(),
            ConnectionLimits.of(null, streams, perKey),
            AuditTrail.NONE);
    return new TestServer(HttpOptions.at("127.0.0.1", 0, 1 << 20), access);
  }

  private static Reply open(RawClient client, String key) throws IOException {
    client.sendLines("GET /events?token=" + key + " HTTP/1.1", "Host: a", "");
    return client.readHead();
  }

  private static String refusal(TestServer server, String key) throws IOException {
    try (RawClient client = server.connect()) {
      client.sendLines("GET /events?token=" + key + " HTTP/1.1", "Host: a", "");
      Reply reply = client.read();
      assertThat(reply.status()).isEqualTo(429);
      assertThat(reply.header("retry-after")).isEqualTo("1");
      return new String(reply.body(), StandardCharsets.UTF_8);
    }
  }

  private static void opensAgain(TestServer server, String key) throws IOException {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    int status = 429;
    while (status == 429 && System.nanoTime() < deadline) {
      try (RawClient client = server.connect()) {
        status = open(client, key).status();
      }
    }
    assertThat(status).isEqualTo(200);
  }

  @Test
  void ofAllClientsTogether() throws IOException {
    try (TestServer server = limited("", 2, 0);
        RawClient one = server.connect()) {
      assertThat(open(one, "").status()).isEqualTo(200);
      try (RawClient two = server.connect()) {
        assertThat(open(two, "").status()).isEqualTo(200);
        assertThat(refusal(server, ""))
            .contains("\"detail\":{\"limit\":\"max_sse_connections\",\"max\":2}");
      }
      opensAgain(server, "");
    }
  }

  @Test
  void ofEachKey() throws IOException {
    try (TestServer server = limited("a,b", 10, 1);
        RawClient b = server.connect()) {
      try (RawClient a = server.connect()) {
        assertThat(open(a, "a").status()).isEqualTo(200);
        assertThat(refusal(server, "a"))
            .contains("\"detail\":{\"limit\":\"max_sse_connections_per_key\",\"max\":1}");
        assertThat(open(b, "b").status()).isEqualTo(200);
      }
      opensAgain(server, "a");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/events", "/socket"})
  void whatCannotBeClosedGivesItsPlaceBackAllTheSame(String path) throws IOException {
    try (TestServer server = limited("", 1, 0)) {
      try (RawClient client = server.connect()) {
        client.sendLines(
            "GET " + path + "?broken=true HTTP/1.1",
            "Host: a",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13",
            "");
        assertThat(client.readHead().status()).isIn(101, 200);
        assertThat(refusal(server, "")).contains("max_sse_connections");
      }
      opensAgain(server, "");
    }
  }

  @Test
  void aHandshakeThatFailsTakesNoPlace() throws IOException {
    try (TestServer server = limited("", 1, 0);
        RawClient client = server.connect()) {
      for (int i = 0; i < 3; i++) {
        client.sendLines(
            "GET /socket HTTP/1.1",
            "Host: a",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: short",
            "Sec-WebSocket-Version: 13",
            "");
        assertThat(client.read().status()).isEqualTo(400);
      }
      assertThat(open(client, "").status()).isEqualTo(200);
    }
  }

  @Test
  void withoutKeysEverybodyCountsAsOneIfTheLimitWasSet() throws IOException {
    try (TestServer server = limited("", 10, 1);
        RawClient one = server.connect()) {
      assertThat(open(one, "").status()).isEqualTo(200);
      assertThat(refusal(server, "")).contains("max_sse_connections_per_key");
    }
    ConnectionLimits untouched = ConnectionLimits.defaults();
    for (int i = 0; i < 2000; i++) {
      assertThat(untouched.takeStream("")).isNull();
    }
  }
}
