package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.server.ServerOptions;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Every limit is reached, told, and given back (http-api §11).
final class LimitsContractTest {
  private static ContractServer limited(String... variables) {
    Map<String, String> all = new HashMap<>();
    for (int i = 0; i < variables.length; i += 2) {
      all.put(variables[i], variables[i + 1]);
    }
    return new ContractServer(all).start();
  }

  /// A refusal by a limit has exactly this body.
  private static void refusedBy(String limit, int max, Answer answer) {
    answer.refused(429, "throttled").hasExactly("/error/detail", "limit", "max");
    answer.has("/error/detail/limit", limit).has("/error/detail/max", max);
    assertThat(answer.header("Retry-After")).isEqualTo("1");
  }

  /// Asks again until the limit lets it through.
  private static Answer onceThereIsRoom(Supplier<Answer> call) {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    Answer answer = call.get();
    while (answer.status() == 429 && System.nanoTime() < deadline) {
      answer = call.get();
    }
    return answer;
  }

  @Test
  void topicsAreCountedAndAnUpdateAlwaysPasses() {
    try (ContractServer server = limited("TOPICS_MAX_TOPICS", "2")) {
      server.put("/v0/topics/a", "{}").is(201);
      server.append("b", "1").is(201);
      refusedBy("max_topics", 2, server.put("/v0/topics/c", "{}"));
      refusedBy("max_topics", 2, server.append("c", "1"));
      assertThat(server.exists("c")).isFalse();
      server.put("/v0/topics/a", "{'cap_records':5}").is(200);
      server.append("b", "2").is(200);
      server.delete("/v0/topics/a").is(200);
      server.append("c", "1").is(201);
      refusedBy("max_topics", 2, server.put("/v0/topics/a", "{}"));
    }
  }

  @Test
  void routersAreCountedAndRefusedBeforeTheirTopicsAreMade() {
    try (ContractServer server = limited("TOPICS_MAX_ROUTERS", "1")) {
      server.put("/v0/routers/r", "{'source':'a','dest':'b'}").is(201);
      refusedBy("max_routers", 1, server.put("/v0/routers/s", "{'source':'c','dest':'d'}"));
      assertThat(server.exists("c")).isFalse();
      assertThat(server.exists("d")).isFalse();
      server.put("/v0/routers/r", "{'source':'a','dest':'b','filter':'x'}").is(200);
      server.delete("/v0/routers/r").is(200);
      server.put("/v0/routers/s", "{'source':'c','dest':'d'}").is(201);
    }
  }

  @Test
  void topicsThatARouterNeedsAreCounted() {
    try (ContractServer server = limited("TOPICS_MAX_TOPICS", "2")) {
      server.put("/v0/topics/a", "{}").is(201);
      refusedBy("max_topics", 2, server.put("/v0/routers/r", "{'source':'b','dest':'c'}"));
      assertThat(server.exists("b")).isFalse();
      server.get("/v0/routers/r").refused(404, "router_not_found");
      server.put("/v0/routers/r", "{'source':'a','dest':'b'}").is(201);
      server.put("/v0/routers/s", "{'source':'b','dest':'a','allow_cycle':true}").is(201);
      refusedBy("max_topics", 2, server.put("/v0/routers/t", "{'source':'a.*','dest':'c'}"));
    }
  }

  @Test
  void copiesAndDeadLettersAreNotRefusedByWhatAllTopicsTogetherHold() {
    try (ContractServer server =
        limited("TOPICS_MAX_TOPICS", "3", "TOPICS_MAX_TOTAL_BYTES", "100")) {
      server.put("/v0/topics/q", "{'type':'queue','max_deliveries':1,'dead_letter':'d'}").is(201);
      server.put("/v0/routers/r", "{'source':'a','dest':'q'}").is(201);
      server.append("a", "\"" + "x".repeat(78) + "\"").is(200);
      String claim = "{'node':'n','max':1,'wait_ms':20000}";
      server.post("/v0/topics/q/claim", claim).is(200).has("/count", 1);
      server.post("/v0/topics/q/nack", "{'node':'n','seqs':[1]}").is(200);
      server.post("/v0/topics/q/claim", "{'node':'n'}").is(200).has("/count", 0);
      server.post("/v0/topics/d/diff", "{'wait_ms':20000}").is(200).has("/head_seq", 1);
      server.state("d").has("/count", 1);
      server.state("q").has("/queue/dead_lettered", 1);
      refusedBy("max_total_bytes", 100, server.append("a", "1"));
    }
  }

  @Test
  void aClaimIsBounded() {
    try (ContractServer server = limited("TOPICS_MAX_CLAIM", "2")) {
      server.put("/v0/topics/q", "{'type':'queue'}").is(201);
      server.append("q", "1", "2", "3", "4", "5").is(200);
      server.post("/v0/topics/q/claim", "{'node':'n','max':5}").is(200).has("/count", 2);
      try (WorkReader worker = new WorkReader(server.address(), "/v0/topics/q/work?node=w&max=9")) {
        assertThat(worker.next().seq()).isEqualTo(3);
        assertThat(worker.next().seq()).isEqualTo(4);
        server.state("q").has("/queue/in_flight", 4).has("/queue/ready", 1);
      }
    }
  }

  @Test
  void liveBytesOfAllTopicsAreBounded() {
    try (ContractServer server = limited("TOPICS_MAX_TOTAL_BYTES", "100")) {
      String data = "\"" + "x".repeat(38) + "\"";
      server.append("a", data).is(201);
      server.append("b", data).is(201);
      server.unchanged(
          "a",
          () -> {
            Answer refused = server.append("a", data);
            refusedBy("max_total_bytes", 100, refused);
            return refused;
          });
      refusedBy("max_total_bytes", 100, server.append("c", data));
      assertThat(server.exists("c")).isFalse();
      server.append("a", "1").is(200);
      server.deleteRecords("b", "{'before_seq':100}").is(200);
      server.append("a", data).is(200);
      refusedBy("max_total_bytes", 100, server.append("b", data));
      server.delete("/v0/topics/a").is(200);
      server.append("b", data).is(200);
      server.append("b", data).is(200);
      refusedBy("max_total_bytes", 100, server.append("a", data));
    }
  }

  @Test
  void requestsInProgressAreCountedForEachKey() throws Exception {
    try (ContractServer server =
            limited("TOPICS_API_KEYS", "one,two", "TOPICS_MAX_INFLIGHT_PER_KEY", "1");
        H2Wire one = new H2Wire(server.address(), "one")) {
      as(server, "one", "PUT", "/v0/topics/t").json("{}").send().is(201);
      one.request(1, "POST", "/v0/topics/t/diff", Json.json("{'wait_ms':30000}"));
      one.request(3, "GET", "/v0/topics", null);
      refusedBy("max_inflight_per_key", 1, one.read(3));
      server.get("/v0/health").is(200);
      as(server, "two", "POST", "/v0/topics/t").json(Json.write("1")).send().is(200);
      one.read(1).is(200);
      onceThereIsRoom(() -> as(server, "one", "GET", "/v0/topics").send()).is(200);
    }
  }

  @Test
  void aClientThatLeavesGivesItsPlaceBack() throws Exception {
    try (ContractServer server = limited("TOPICS_MAX_INFLIGHT_PER_KEY", "1")) {
      server.put("/v0/topics/t", "{}").is(201);
      try (H2Wire waiting = new H2Wire(server.address())) {
        waiting.request(1, "POST", "/v0/topics/t/diff", Json.json("{'wait_ms':30000}"));
        waiting.request(3, "GET", "/v0/topics", null);
        refusedBy("max_inflight_per_key", 1, waiting.read(3));
        refusedBy("max_inflight_per_key", 1, server.get("/v0/topics"));
      }
      onceThereIsRoom(() -> server.get("/v0/topics")).is(200);
    }
  }

  private static Request as(ContractServer server, String key, String method, String target) {
    return server.request(method, target).header("Authorization", "Bearer " + key);
  }

  @Test
  void oneRequestIsBoundedInEachWay() {
    try (ContractServer server =
        limited(
            "TOPICS_MAX_BATCH_RECORDS", "2",
            "TOPICS_MAX_RECORD_BYTES", "50",
            "TOPICS_MAX_BODY_BYTES", "400",
            "TOPICS_MAX_META_BYTES", "20",
            "TOPICS_MAX_TAG_BYTES", "3",
            "TOPICS_MAX_NODE_BYTES", "4",
            "TOPICS_MAX_LIMIT", "1")) {
      server.append("t", "1", "2").is(201);
      tooMuch("records", 2, server.append("t", "1", "2", "3").refused(400, "batch_too_large"));
      server
          .append("t", "\"" + "x".repeat(60) + "\"")
          .refused(400, "record_too_large")
          .hasExactly("/error/detail", "field", "bytes", "max")
          .has("/error/detail/bytes", 62)
          .has("/error/detail/max", 50);
      server
          .append("t", "\"" + "x".repeat(500) + "\"")
          .refused(413, "payload_too_large")
          .hasExactly("/error/detail", "max_body_bytes")
          .has("/error/detail/max_body_bytes", 400);
      String record = "{'records':[{'data':1,%s}]}";
      String meta = "'meta':{'k':'" + "x".repeat(20) + "'}";
      tooMuch("records[0].tag", 3, server.post("/v0/topics/t", record.formatted("'tag':'abcd'")));
      tooMuch(
          "records[0].node", 4, server.post("/v0/topics/t", record.formatted("'node':'abcde'")));
      tooMuch("records[0].meta", 20, server.post("/v0/topics/t", record.formatted(meta)));
      server.post("/v0/topics/t", record.formatted("'tag':'abc','node':'abcd'")).is(200);
      assertThat(server.diff("t", "{'limit':10}").is(200).seqs()).containsExactly(1L);
    }
  }

  /// A refusal of something that is too long has exactly this detail.
  private static void tooMuch(String field, int max, Answer answer) {
    assertThat(answer.status()).isEqualTo(400);
    answer.hasExactly("/error/detail", "max", "field");
    answer.has("/error/detail/max", max).has("/error/detail/field", field);
  }

  @Test
  void aSessionThatNobodyStreamsGivesItsPlaceBack() {
    try (ContractServer server = limited("TOPICS_MAX_WATCH_SESSIONS", "1")) {
      String json = "{'topics':{'" + server.topic("{}") + "':{}}}";
      server.post("/v0/watch", json).is(200);
      refusedBy("max_watch_sessions", 1, server.post("/v0/watch", json));
      server.clock().advance(300_001);
      onceThereIsRoom(() -> server.post("/v0/watch", json)).is(200);
    }
  }

  /// `docs/TESTING.md` names, for each limit there is, the tests that reach it.
  @Test
  void everyLimitHasItsTests() throws Exception {
    Map<String, String> tests = new HashMap<>();
    Pattern row = Pattern.compile("\\| `(TOPICS_MAX_\\w+)` \\|.*\\| `(\\w+)\\.(\\w+)` \\|");
    for (String line : Files.readAllLines(Path.of("..", "docs", "TESTING.md"))) {
      Matcher limit = row.matcher(line);
      if (limit.matches()) {
        tests.put(limit.group(1), limit.group(3));
        assertThat(testsOf(limit.group(2))).as(line).contains(limit.group(3));
      }
    }
    assertThat(tests.keySet())
        .containsExactlyInAnyOrderElementsOf(
            ServerOptions.settings(Map.of()).keySet().stream()
                .filter(name -> name.startsWith("TOPICS_MAX_"))
                .toList());
  }

  private static List<String> testsOf(String className) {
    Class<?> tests = null;
    for (String packageName : List.of("contract", "http", "auth")) {
      try {
        tests = Class.forName("dev.topics.server." + packageName + "." + className);
      } catch (ClassNotFoundException e) {
        // It is in another package.
      }
    }
    return Arrays.stream(Objects.requireNonNull(tests, className).getDeclaredMethods())
        .filter(method -> method.isAnnotationPresent(Test.class))
        .map(Method::getName)
        .toList();
  }

  @Test
  void zeroIsNoLimit() {
    try (ContractServer server =
        limited("TOPICS_MAX_TOPICS", "0", "TOPICS_MAX_INFLIGHT_PER_KEY", "0")) {
      server.append("a", "1").is(201);
      server.append("b", "1").is(201);
    }
  }
}
