package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What clients must not find in any log: keys, tokens and payloads.
final class SecretsContractTest {
  @TempDir private Path directory;

  @Test
  void plantedSecretsShowInNoLog() throws Exception {
    Path audit = directory.resolve("audit.jsonl");
    Map<String, String> variables =
        Map.of(
            "TOPICS_API_KEYS", "SECRET-KEY,SECRET-READER:r",
            "TOPICS_AUDIT_LOG", audit.toString(),
            "TOPICS_MAX_FAILED_KEYS", "2");
    List<String> answers = new ArrayList<>();
    try (LogCapture everything = new LogCapture()) {
      try (ContractServer server = new ContractServer(variables).start()) {
        for (String key : List.of("SECRET-KEY", "SECRET-READER", "SECRET-WRONG")) {
          String bearer = "Bearer " + key;
          for (int i = 0; i < 4; i++) {
            answers.add(
                server
                    .request("POST", "/v0/topics/t?token=SECRET-TOKEN")
                    .header("Authorization", bearer)
                    .header("Idempotency-Key", "SECRET-IDEMPOTENCE" + i)
                    .json("{'records':[{'data':'SECRET-DATA','tag':'SECRET-TAG'}]}")
                    .send()
                    .text());
            answers.add(
                server
                    .request("PUT", "/v0/topics/t")
                    .header("Authorization", bearer)
                    .json("{'ttl_ms':'SECRET-DATA'}")
                    .send()
                    .text());
          }
        }
        answers.add(server.get("/v0/watch/SECRET-WID?token=SECRET-TOKEN").text());
        answers.add(
            server
                .request("GET", "/v0/topics")
                .header("Authorization", "SECRET-RAW")
                .send()
                .text());
        try (Wire wire = server.connect()) {
          wire.send("GET /?token=SECRET-TOKEN HTTP/9.9\r\nAuthorization: SECRET-KEY\r\n\r\n");
          answers.add(wire.read().text());
        }
      }
      assertThat(everything.lines()).noneMatch(line -> line.contains("SECRET"));
    }
    assertThat(answers).noneMatch(answer -> answer.contains("SECRET-KEY"));
    assertThat(answers).noneMatch(answer -> answer.contains("SECRET-TOKEN"));
    assertThat(Files.readString(audit)).isNotEmpty().doesNotContain("SECRET");
  }

  @Test
  void theAuditLogSaysWhoDidWhatToWhichNameAndHowItEnded() throws Exception {
    Path audit = directory.resolve("audit.jsonl");
    Map<String, String> variables =
        Map.of("TOPICS_API_KEYS", "all,reader:r", "TOPICS_AUDIT_LOG", audit.toString());
    try (ContractServer server = new ContractServer(variables).start()) {
      as(server, "all", "PUT", "/v0/topics/a").json("{}").send().is(201);
      as(server, "all", "GET", "/v0/topics/a").send().is(200);
      as(server, "all", "POST", "/v0/topics/a").json(Json.write("1")).send().is(200);
      as(server, "reader", "DELETE", "/v0/topics/a").send().refused(403, "forbidden");
      server.delete("/v0/topics/a").refused(401, "unauthorized");
      as(server, "all", "DELETE", "/v0/topics/%22%0a").send().invalid();
      as(server, "all", "DELETE", "/v0/topics/a").send().is(200);
    }
    List<JsonNode> lines =
        Files.readString(audit).lines().map(line -> Json.tree(ContractServer.utf8(line))).toList();
    assertThat(lines)
        .extracting(line ->
            line.get("what").asString()
                + " "
                + line.get("name").asString()
                + " "
                + line.get("result").intValue())
        .containsExactly(
            "PUT /v0/topics/{topic} a 201",
            "DELETE /v0/topics/{topic} a 403",
            "DELETE /v0/topics/{topic} a 401",
            "DELETE /v0/topics/{topic} \"\n 400",
            "DELETE /v0/topics/{topic} a 200");
    assertThat(lines.getFirst().get("who").asString()).startsWith("sha256:");
    assertThat(lines.getFirst().get("who")).isEqualTo(lines.getLast().get("who"));
    assertThat(lines.get(1).get("who").asString())
        .startsWith("sha256:")
        .isNotEqualTo(lines.getFirst().get("who").asString());
    assertThat(lines.get(2).get("who").isNull()).isTrue();
    assertThat(lines.getFirst().get("address").asString()).isEqualTo("127.0.0.1");
  }

  private static Request as(ContractServer server, String key, String method, String target) {
    return server.request(method, target).header("Authorization", "Bearer " + key);
  }
}
