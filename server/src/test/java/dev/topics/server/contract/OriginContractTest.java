package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Exception;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Pages of other sites reach a server only if it is told so.
final class OriginContractTest {
  @RegisterExtension static final ContractServer server = new ContractServer();

  private static Answer get(ContractServer to, String host, String... headers) {
    try (Wire wire = to.connect()) {
      StringBuilder request =
          new StringBuilder("GET /v0/topics HTTP/1.1\r\nHost: " + host + "\r\n");
      for (String header : headers) {
        request.append(header).append("\r\n");
      }
      return wire.send(request + "\r\n").read();
    }
  }

  @Test
  void aServerWithoutKeysKnowsItselfByAddressesAndNamesWithoutDots() {
    for (String host :
        List.of(
            "localhost",
            "localhost:4000",
            "LOCALHOST",
            "127.0.0.1:4000",
            "192.0.2.7",
            "[::1]:4000",
            "topics:4000",
            "app.localhost:80")) {
      get(server, host).is(200);
    }
    for (String host :
        List.of(
            "evil.example",
            "evil.example:4000",
            "localhost.evil.example",
            "127.0.0.1.nip.io",
            "localhost.",
            "1.2.3.4.5",
            "evil.example:80@localhost")) {
      Answer answer = get(server, host);
      assertThat(answer.status()).as(host).isIn(400, 403);
    }
    get(server, "evil.example").refused(403, "forbidden").saying("TOPICS_ALLOWED_HOSTS");
  }

  @Test
  void theNameInAnAbsoluteTargetCounts() {
    try (Wire wire = server.connect()) {
      wire.send("GET http://evil.example/v0/topics HTTP/1.1\r\nHost: localhost\r\n\r\n");
      wire.read().refused(403, "forbidden");
    }
  }

  @Test
  void otherNamesAreServedOnceConfigured() {
    Map<String, String> variables = Map.of("TOPICS_ALLOWED_HOSTS", "Topics.example.com, b.example");
    try (ContractServer named = new ContractServer(variables).start()) {
      get(named, "topics.example.com:443").is(200);
      get(named, "b.example").is(200);
      get(named, "localhost").is(200);
      get(named, "c.example").refused(403, "forbidden");
    }
    try (ContractServer any = new ContractServer(Map.of("TOPICS_ALLOWED_HOSTS", "*")).start()) {
      get(any, "evil.example").is(200);
    }
  }

  @Test
  void withKeysAnyNameWillDoUnlessNamesAreConfigured() {
    try (ContractServer keyed = new ContractServer(Map.of("TOPICS_API_KEYS", "k")).start()) {
      get(keyed, "topics.example", "Authorization: Bearer k").is(200);
    }
    Map<String, String> variables =
        Map.of("TOPICS_API_KEYS", "k", "TOPICS_ALLOWED_HOSTS", "a.example");
    try (ContractServer keyed = new ContractServer(variables).start()) {
      get(keyed, "a.example", "Authorization: Bearer k").is(200);
      get(keyed, "b.example", "Authorization: Bearer k").refused(403, "forbidden");
    }
  }

  @Test
  void aForeignOriginIsRefusedAndTheServersOwnIsNot() {
    get(server, "localhost:4000", "Origin: http://localhost:4000").is(200);
    for (String origin :
        List.of(
            "http://evil.example",
            "http://localhost:3000",
            "http://localhost",
            "http://localhost:40000",
            "null",
            "localhost:4000",
            "")) {
      Answer answer = get(server, "localhost:4000", "Origin: " + origin);
      answer.refused(403, "forbidden").saying("TOPICS_ALLOWED_ORIGINS");
      assertThat(answer.header("Access-Control-Allow-Origin")).isEmpty();
    }
    server
        .request("OPTIONS", "/v0/topics")
        .header("Origin", "http://evil.example")
        .send()
        .refused(403, "forbidden");
    server.request("OPTIONS", "/v0/topics").send().refused(405, "method_not_allowed");
  }

  @Test
  void aConfiguredOriginMayReadAnswersAndSend() throws Http2Exception {
    String page = "http://page.example:3000";
    Map<String, String> variables = Map.of("TOPICS_ALLOWED_ORIGINS", page, "TOPICS_API_KEYS", "k");
    try (ContractServer open = new ContractServer(variables).start()) {
      Answer answer = get(open, "localhost", "Origin: " + page, "Authorization: Bearer k").is(200);
      assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo(page);
      assertThat(answer.header("Vary")).isEqualTo("Origin");
      Answer refused = get(open, "localhost", "Origin: " + page).refused(401, "unauthorized");
      assertThat(refused.header("Access-Control-Allow-Origin")).isEqualTo(page);
      Answer preflight =
          open.request("OPTIONS", "/v0/topics/x")
              .header("Origin", page)
              .header("Access-Control-Request-Method", "POST")
              .send()
              .is(200);
      assertThat(preflight.header("Access-Control-Allow-Origin")).isEqualTo(page);
      assertThat(preflight.header("Access-Control-Allow-Methods")).contains("POST", "PUT");
      assertThat(preflight.header("Access-Control-Allow-Headers")).contains("Authorization");
      get(open, "localhost", "Origin: http://evil.example").refused(403, "forbidden");
    }
  }
}
