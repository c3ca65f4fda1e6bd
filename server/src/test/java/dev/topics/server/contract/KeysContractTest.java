package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.server.ServerOptions;
import dev.topics.server.TopicsServer;
import dev.topics.server.auth.KeyDigest;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Keys as clients meet them (http-api §9).
final class KeysContractTest {
  @RegisterExtension
  static final ContractServer server =
      new ContractServer(
          Map.of(
              "TOPICS_API_KEYS",
              "all,reader:read,writer:rw,bound:read+write+admin:b.|a.,"
                  + "lists:r:lb.|la.|la.x,late:r:z.",
              "TOPICS_MAX_FAILED_KEYS",
              "0"));

  private static Request as(String key, String method, String target) {
    return server.request(method, target).header("Authorization", "Bearer " + key);
  }

  @Test
  void theSchemeIsBearerInAnyCaseAndNothingElse() {
    for (String good : List.of("Bearer all", "bearer all", "BEARER  all ")) {
      server.request("GET", "/v0/topics").header("Authorization", good).send().is(200);
    }
    for (String bad :
        List.of("all", "Basic all", "Bearer", "Bearer ", "Bearer al", "Bearer all,reader", "")) {
      Answer answer = server.request("GET", "/v0/topics").header("Authorization", bad).send();
      answer.refused(401, "unauthorized");
      assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer");
      assertThat(answer.text()).doesNotContain("reader");
    }
    server.get("/v0/topics").refused(401, "unauthorized").saying("Authorization: Bearer");
  }

  @Test
  void aKeyInTheQueryIsNoKeyWhereNothingStreams() {
    server.get("/v0/topics?token=all").refused(401, "unauthorized");
    server.get("/v0/metrics?token=all").refused(401, "unauthorized");
  }

  @Test
  void aWatchIsStreamedWithTheKeyThatMadeIt() {
    create("watched");
    String body = "{'topics':{'watched':{}}}";
    Answer made = as("all", "POST", "/v0/watch").json(body).send().is(200);
    String url = made.string("/stream_url");
    as("reader", "GET", url).send().refused(403, "forbidden");
    server.get(url).refused(401, "unauthorized");
    server.get(url + "?token=reader").refused(403, "forbidden");
    server.get(url + "?token=nobody").refused(401, "unauthorized");
    for (String stream : List.of(url + "?token=all", url)) {
      try (Wire wire = server.connect()) {
        Request request =
            stream.equals(url) ? as("all", "GET", url) : server.request("GET", stream);
        assertThat(wire.send(request.bytes()).readHead().status()).isEqualTo(200);
      }
    }
    as("bound", "POST", "/v0/watch").json(body).send().refused(403, "forbidden");
    as("bound", "POST", "/v0/watch?lenient=true").json(body).send().refused(403, "forbidden");
  }

  @Test
  void aConnectionThatChangesItsKeyIsJudgedAnew() {
    try (Wire wire = server.connect()) {
      for (int round = 0; round < 3; round++) {
        wire.send(as("all", "GET", "/v0/topics").bytes()).read().is(200);
        wire.send(as("all", "GET", "/v0/topics").bytes()).read().is(200);
        wire.send(as("alL", "GET", "/v0/topics").bytes()).read().refused(401, "unauthorized");
        wire.send(server.request("GET", "/v0/topics").bytes()).read().refused(401, "unauthorized");
      }
    }
  }

  @Test
  void aKeyInATargetSaysNothingAboutTheNextTargetWithTheSameFields() {
    create("streamed");
    Answer made = as("all", "POST", "/v0/watch").json("{'topics':{'streamed':{}}}").send().is(200);
    String url = made.string("/stream_url");
    try (Wire wire = server.connect()) {
      wire.send(server.request("GET", url + "?token=reader").bytes())
          .read()
          .refused(403, "forbidden");
      wire.send(server.request("GET", "/v0/topics").bytes()).read().refused(401, "unauthorized");
      wire.send(server.request("GET", url).bytes()).read().refused(401, "unauthorized");
      wire.send(server.request("GET", url + "?token=no").bytes())
          .read()
          .refused(401, "unauthorized");
      wire.send(as("reader", "GET", url + "?token=all").bytes()).read().refused(403, "forbidden");
      wire.send(server.request("GET", url + "?token=all").bytes());
      assertThat(wire.readHead().status()).isEqualTo(200);
    }
  }

  @Test
  void aKeyThatRepeatsAllowsEachRouteNoMoreThanItsOwn() {
    try (Wire wire = server.connect()) {
      for (int round = 0; round < 3; round++) {
        wire.send(as("reader", "GET", "/v0/topics").bytes()).read().is(200);
        wire.send(as("reader", "DELETE", "/v0/topics/x").bytes()).read().refused(403, "forbidden");
        wire.send(as("bound", "GET", "/v0/topics/b.").bytes())
            .read()
            .refused(404, "topic_not_found");
        wire.send(as("bound", "GET", "/v0/topics/x").bytes()).read().refused(403, "forbidden");
      }
    }
  }

  @Test
  void http2AsksForKeysToo() throws Http2Exception {
    try (H2Wire wire = new H2Wire(server.address())) {
      wire.request(1, "GET", "/v0/topics", null);
      wire.read(1).refused(401, "unauthorized");
    }
  }

  @Test
  void unknownPathsAndMethodsAreNoSecret() {
    server.get("/v0/nothing").refused(404, "not_found");
    server.request("DELETE", "/v0/topics").send().refused(405, "method_not_allowed");
  }

  @Test
  void listsShowWhatIsInReachInPagesAsIfTheRestWereNotThere() {
    List<String> inReach = List.of("la.1", "la.2", "la.x.1", "lb.1", "lb.2");
    List.of("la", "laa", "lb", "lc", "zz").forEach(KeysContractTest::create);
    inReach.forEach(KeysContractTest::create);
    assertThat(listed("lists", "")).isEqualTo(inReach);
    assertThat(listed("lists", "&prefix=la.x")).containsExactly("la.x.1");
    assertThat(listed("lists", "&prefix=lb")).containsExactly("lb.1", "lb.2");
    assertThat(listed("lists", "&prefix=lc")).isEmpty();
    assertThat(listed("late", "")).isEmpty();
    assertThat(listed("all", "")).containsAll(inReach).contains("zz");
  }

  private static void create(String topic) {
    as("all", "PUT", "/v0/topics/" + topic).json("{}").send();
  }

  private static List<String> listed(String key, String query) {
    List<String> names = new ArrayList<>();
    String cursor = "";
    do {
      Answer page = as(key, "GET", "/v0/topics?page_size=2" + query + cursor).send().is(200);
      page.at("/topics").forEach(topic -> names.add(topic.get("topic").stringValue()));
      assertThat(page.at("/topics").size()).isLessThanOrEqualTo(2);
      String next = page.at("/next_cursor").asString("");
      assertThat(next.isEmpty() || page.at("/topics").size() == 2).isTrue();
      cursor = next.isEmpty() ? "" : "&cursor=" + next;
    } while (!cursor.isEmpty());
    return names;
  }

  @Test
  void metricsNameOnlyTopicsInReach() {
    create("a.metric");
    create("secret.metric");
    String bound = as("bound", "GET", "/v0/metrics").send().text();
    assertThat(bound).contains("topics_topic_head_seq{topic=\"a.metric\"}");
    assertThat(bound).doesNotContain("secret.metric");
    assertThat(as("all", "GET", "/v0/metrics").send().text()).contains("secret.metric");
  }

  @Test
  void aWriteThatConfiguresNeedsAdmin() {
    String body = "{'records':[{'data':1}],'config':{'cap_records':5}}";
    as("writer", "POST", "/v0/topics/" + server.name())
        .json(body)
        .send()
        .refused(403, "forbidden")
        .saying("config", "admin");
    as("bound", "POST", "/v0/topics/a." + server.name()).json(body).send().is(201);
    as("writer", "POST", "/v0/topics/" + server.name()).json(Json.write("1")).send().is(201);
  }

  @Test
  void deadLettersStayInReach() {
    String topic = "/v0/topics/a." + server.name();
    as("bound", "PUT", topic)
        .json("{'dead_letter':'c.dead'}")
        .send()
        .refused(403, "forbidden")
        .saying("c.dead");
    as("bound", "PUT", topic).json("{'dead_letter':'b.dead'}").send().is(201);
    as("bound", "PUT", topic).json("{'dead_letter':null}").send().is(200);
    as("bound", "POST", "/v0/topics/a." + server.name())
        .json("{'records':[{'data':1}],'config':{'dead_letter':'c.dead'}}")
        .send()
        .refused(403, "forbidden");
  }

  @Test
  void probesAskForAKeyIfTheServerIsToldTo() {
    try (ContractServer strict =
        new ContractServer(Map.of("TOPICS_API_KEYS", "k:delete", "TOPICS_PROBE_AUTH", "true"))
            .start()) {
      for (String probe : List.of("/v0/health", "/healthz", "/v0/ready", "/readyz")) {
        strict.get(probe).refused(401, "unauthorized");
        strict.request("GET", probe).header("Authorization", "Bearer k").send().is(200);
      }
    }
  }

  @Test
  void anAddressWithTooManyWrongKeysWaits() {
    Map<String, String> variables = Map.of("TOPICS_API_KEYS", "k", "TOPICS_MAX_FAILED_KEYS", "3");
    try (ContractServer strict = new ContractServer(variables).start();
        Wire known = strict.connect()) {
      byte[] good = strict.request("GET", "/v0/topics").header("Authorization", "Bearer k").bytes();
      known.send(good).read().is(200);
      Request wrong = strict.request("GET", "/v0/topics").header("Authorization", "Bearer x");
      Answer answer = wrong.send();
      for (int tries = 1; answer.status() == 401 && tries < 100; tries++) {
        answer = wrong.send();
      }
      answer.refused(429, "throttled");
      assertThat(answer.number("/error/detail/retry_after_ms")).isBetween(1L, 5000L);
      assertThat(answer.header("Retry-After")).isNotEmpty();
      known.send(good).read().is(200);
    }
  }

  @Test
  void aChangedFileOfKeysHoldsForConnectionsThatAreOpen(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("keys.toml");
    Files.writeString(file, "[a]\nsha256 = \"" + KeyDigest.of("old").hex() + "\"\n");
    try (ContractServer keyed =
            new ContractServer(Map.of("TOPICS_KEYS_FILE", file.toString())).start();
        Wire wire = keyed.connect()) {
      IntFunction<byte[]> request =
          i ->
              keyed
                  .request("GET", "/v0/topics?prefix=" + i)
                  .header("Authorization", "Bearer old")
                  .bytes();
      int requests = 0;
      wire.send(request.apply(requests++)).read().is(200);
      replace(file, "[a]\nsha256 = \"" + KeyDigest.of("new").hex() + "\"\n");
      Answer answer = wire.send(request.apply(requests++)).read();
      long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (answer.status() == 200 && System.nanoTime() < deadline) {
        answer = wire.send(request.apply(requests++)).read();
      }
      answer.refused(401, "unauthorized");
      keyed.request("GET", "/v0/topics").header("Authorization", "Bearer new").send().is(200);
    }
  }

  /// Gives a file other contents at once: who looks at it never sees a part of them.
  private static void replace(Path file, String text) throws IOException {
    Path draft = Files.writeString(file.resolveSibling("draft"), text);
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static String keysFile(String keyOfA, String fields) {
    return "[a]\nsha256 = \"%s\"\n%s\n[b]\nsha256 = \"%s\"\n"
        .formatted(KeyDigest.of(keyOfA).hex(), fields, KeyDigest.of("other").hex());
  }

  @ParameterizedTest
  @CsvSource({"new,''", "mine,scopes = \"write\"", "mine,'prefixes = [\"x\"]'"})
  void whatIsOpenEndsWhenItsKeyIsTakenAwayOrChanged(
      String key, String fields, @TempDir Path directory) throws Exception {
    Path file = directory.resolve("keys.toml");
    Files.writeString(file, keysFile("mine", ""));
    try (ContractServer keyed =
            new ContractServer(Map.of("TOPICS_KEYS_FILE", file.toString())).start();
        Wire poll = keyed.connect()) {
      String mine = "Authorization: Bearer mine";
      Request make =
          keyed.request("PUT", "/v0/topics/t").header("Authorization", "Bearer mine").json("{}");
      make.send().is(201);
      String url = watch(keyed, "mine");
      String others = watch(keyed, "other");
      try (EventReader stream = EventReader.open(keyed.address(), url, mine);
          EventReader other =
              EventReader.open(keyed.address(), others, "Authorization: Bearer other");
          SocketClient socket = new SocketClient(keyed.address(), mine)) {
        stream.next("caught-up");
        other.next("caught-up");
        socket.send("{'type':'ping'}").read("pong");
        poll.send(
            keyed
                .request("POST", "/v0/topics/t/diff")
                .header("Authorization", "Bearer mine")
                .json("{'wait_ms':30000}")
                .bytes());
        replace(file, keysFile(key, fields));
        assertThat(stream.next("error").data().get("code").intValue()).isEqualTo(401);
        assertThat(stream.ends()).isTrue();
        assertThat(socket.read("error").path("code").asString()).isEqualTo("unauthorized");
        assertThat(socket.readFrame().code()).isEqualTo(1008);
        poll.read().refused(401, "unauthorized");
        keyed
            .request("POST", "/v0/topics/t")
            .header("Authorization", "Bearer other")
            .json(Json.write("1"))
            .send()
            .is(200);
        other.next("record");
      }
    }
  }

  private static String watch(ContractServer server, String key) {
    Request request = server.request("POST", "/v0/watch").header("Authorization", "Bearer " + key);
    return request.json("{'topics':{'t':{}}}").send().is(200).string("/stream_url");
  }

  @Test
  void aSessionIsNoWayToTopicsThatItsKeyDoesNotReachAnyMore(@TempDir Path directory)
      throws Exception {
    Path file = directory.resolve("keys.toml");
    Files.writeString(file, keysFile("mine", ""));
    try (ContractServer keyed =
        new ContractServer(Map.of("TOPICS_KEYS_FILE", file.toString())).start()) {
      keyed
          .request("PUT", "/v0/topics/t")
          .header("Authorization", "Bearer mine")
          .json("{}")
          .send()
          .is(201);
      String url = watch(keyed, "mine");
      replace(file, keysFile("mine", "prefixes = [\"x\"]"));
      Request state = keyed.request("GET", "/v0/topics/t").header("Authorization", "Bearer mine");
      while (state.send().status() != 403) {
        Thread.onSpinWait();
      }
      try (EventReader stream =
          EventReader.open(keyed.address(), url, "Authorization: Bearer mine")) {
        assertThat(stream.next("error").data().get("code").intValue()).isEqualTo(403);
        assertThat(stream.ends()).isTrue();
      }
    }
  }

  @Test
  void aMalformedKeyKeepsTheServerFromStartingAndIsNotShown(@TempDir Path directory) {
    ServerOptions options =
        ServerOptions.fromVariables(Map.of("TOPICS_API_KEYS", "good,S3CRET:everything"))
            .withPort(0)
            .withDataDirectory(directory);
    assertThatThrownBy(() -> TopicsServer.start(options))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("entry 2 of TOPICS_API_KEYS")
        .message()
        .doesNotContain("S3CRET", "good");
    assertThat(options.toString()).doesNotContain("S3CRET", "good");
  }
}
