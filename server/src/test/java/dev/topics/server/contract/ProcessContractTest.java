package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.engine.Engine;
import dev.topics.engine.EngineOptions;
import dev.topics.server.ServerOptions;
import dev.topics.server.TopicsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// http-api §1.3, §10 and §12, semantics §11: how a server starts, recovers and stops.
class ProcessContractTest {
  @TempDir Path directory;

  // ---- where it listens

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "[::]", "0.0.0.0:0", "192.0.2.1"})
  void withoutKeysItRefusesToListenBeyondLoopback(String host) {
    ServerOptions options = options(Map.of("TOPICS_HOST", host));
    assertThatThrownBy(() -> TopicsServer.start(options))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("TOPICS_ALLOW_INSECURE_NO_AUTH");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void itListensOnLoopbackAndPort4000ByDefault() {
    ServerOptions defaults = ServerOptions.fromVariables(Map.of());
    assertThat(defaults.host()).isEqualTo("127.0.0.1");
    assertThat(defaults.port()).isEqualTo(4000);
    assertThat(defaults.dataDirectory()).isEqualTo(Path.of("./topics-data"));
  }

  @Test
  void theHostMayNameThePortToo() throws IOException {
    ServerOptions options = ServerOptions.fromVariables(Map.of("TOPICS_HOST", "localhost:4711"));
    assertThat(options.host()).isEqualTo("localhost");
    assertThat(options.port()).isEqualTo(4711);
    Map<String, String> variables = Map.of("TOPICS_HOST", "127.0.0.1:0", "TOPICS_PORT", "");
    try (TopicsServer server = TopicsServer.start(options(variables)).awaitReady()) {
      get(server, "/v0/ready").is(200);
    }
  }

  @Test
  void thePortFileReceivesTheBoundAddress() throws IOException {
    Path file = directory.resolve("port");
    Map<String, String> variables = Map.of("TOPICS_PORT_FILE", file.toString());
    try (TopicsServer server = TopicsServer.start(options(variables)).awaitReady()) {
      String expected = "127.0.0.1:" + server.address().getPort();
      assertThat(Files.readString(file).strip()).isEqualTo(expected);
      assertThat(server.address().getPort()).isPositive();
    }
  }

  @Test
  void variablesOfOtherServersOfTheProtocolAreAccepted() {
    Map<String, String> variables =
        Map.of("TOPICS_WAL_SHARDS", "4", "TOPICS_SEGMENT_BYTES", "1", "TOPICS_SEGMENT_X", "");
    assertThat(ServerOptions.fromVariables(variables).ignored()).contains("TOPICS_WAL_SHARDS");
  }

  @Test
  void whatIsIgnoredIsNamedOnceInTheLog() throws IOException {
    Map<String, String> variables = Map.of("TOPICS_WAL_SHARDS", "4", "TOPICS_SEGMENT_BYTES", "1");
    try (LogCapture log = new LogCapture()) {
      TopicsServer.start(options(variables)).awaitReady().close();
      assertThat(log.lines())
          .filteredOn(line -> line.contains("TOPICS_WAL_SHARDS"))
          .singleElement()
          .asString()
          .contains("ignored", "TOPICS_SEGMENT_BYTES");
    }
  }

  @Test
  void limitsOfRequestsMayBeSet() throws IOException {
    Map<String, String> variables =
        Map.of(
            "TOPICS_MAX_BATCH_RECORDS",
            "2",
            "TOPICS_MAX_RECORD_BYTES",
            "10",
            "TOPICS_MAX_BODY_BYTES",
            "300",
            "TOPICS_MAX_META_BYTES",
            "8",
            "TOPICS_MAX_TAG_BYTES",
            "3",
            "TOPICS_MAX_NODE_BYTES",
            "3",
            "TOPICS_MAX_LIMIT",
            "3");
    try (TopicsServer server = TopicsServer.start(options(variables)).awaitReady()) {
      post(server, "/v0/topics/t", Json.write("1", "2")).is(201);
      post(server, "/v0/topics/t", Json.write("1", "2", "3")).refused(400, "batch_too_large");
      post(server, "/v0/topics/t", Json.write("1234567890")).is(200);
      post(server, "/v0/topics/t", Json.write("12345678901")).refused(400, "record_too_large");
      post(server, "/v0/topics/t", "{'records':[{'data':1,'meta':{'a':123}}]}").invalid();
      post(server, "/v0/topics/t", "{'records':[{'data':1,'tag':'abcd'}]}").invalid();
      post(server, "/v0/topics/t", "{'records':[{'data':1,'node':'abcd'}]}").invalid();
      String exact = Json.write("1") + " ".repeat(300 - Json.write("1").length());
      post(server, "/v0/topics/t", exact).is(200);
      post(server, "/v0/topics/t", exact + " ").refused(413, "payload_too_large");
      assertThat(post(server, "/v0/topics/t/diff", "{'limit':9}").is(200).seqs()).hasSize(3);
    }
  }

  // ---- one process, one directory

  @Test
  void aSecondServerOnTheSameDirectoryRefusesToStart() throws IOException {
    try (TopicsServer first = TopicsServer.start(options(Map.of())).awaitReady()) {
      post(first, "/v0/topics/t", Json.write("1")).is(201);
      try (TopicsServer second = TopicsServer.start(options(Map.of()))) {
        assertThatThrownBy(second::awaitReady)
            .isInstanceOf(IOException.class)
            .hasMessageContaining(directory.toString());
        assertThat(get(second, "/v0/ready").status()).isEqualTo(503);
      }
      post(first, "/v0/topics/t", Json.write("2")).is(200).has("/first_seq", 2);
    }
    try (TopicsServer third = TopicsServer.start(options(Map.of())).awaitReady()) {
      assertThat(post(third, "/v0/topics/t/diff", "{}").is(200).data()).containsExactly("1", "2");
    }
  }

  @Test
  void aServerThatIsRefusedLeavesThePortFileOfTheFirstOne() throws IOException {
    Path file = directory.resolve("port");
    ServerOptions options = options(Map.of("TOPICS_PORT_FILE", file.toString()));
    try (TopicsServer first = TopicsServer.start(options).awaitReady()) {
      try (TopicsServer second = TopicsServer.start(options)) {
        assertThatThrownBy(second::awaitReady).isInstanceOf(IOException.class);
      }
      assertThat(Files.readString(file)).contains(":" + first.address().getPort());
    }
  }

  @Test
  void aPortFileThatCannotBeWrittenIsToldAndLetsGoOfTheData() throws IOException {
    Path nowhere = directory.resolve("nowhere").resolve("port");
    try (TopicsServer server =
        TopicsServer.start(options(Map.of("TOPICS_PORT_FILE", nowhere.toString())))) {
      assertThatThrownBy(server::awaitReady)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("nowhere");
    }
    TopicsServer.start(options(Map.of())).awaitReady().close();
  }

  // ---- recovery

  @Test
  void aServerThatIsClosedRecoversNoFurther() throws Exception {
    CompletableFuture<Void> recovering = new CompletableFuture<>();
    TopicsServer.EngineOpener opener =
        progress -> {
          while (true) {
            progress.accept(0.5);
            recovering.complete(null);
          }
        };
    TopicsServer server = TopicsServer.start(options(Map.of()), opener);
    recovering.join();
    server.close();
    assertThatThrownBy(server::awaitReady).isInstanceOf(CancellationException.class);
  }

  @Test
  void anOpeningThatIsCalledOffLetsGoOfTheData() throws IOException {
    Path data = directory.resolve("data");
    EngineOptions options =
        EngineOptions.defaults()
            .withRecoveryProgress(done -> {
              throw new CancellationException("called off");
            });
    assertThatThrownBy(() -> Engine.open(data, options)).isInstanceOf(CancellationException.class);
    TopicsServer.start(options(Map.of())).awaitReady().close();
  }

  @Test
  void thePortIsOpenDuringRecoveryAndSaysSo() throws Exception {
    CompletableFuture<Void> recovered = new CompletableFuture<>();
    TopicsServer.EngineOpener opener =
        progress -> {
          recovered.join();
          return Engine.open(directory, EngineOptions.defaults());
        };
    try (TopicsServer server = TopicsServer.start(options(Map.of()), opener)) {
      get(server, "/v0/health").is(200).has("/status", "ok");
      for (String path : new String[] {"/v0/ready", "/readyz", "/v0/topics", "/v0/topics/t"}) {
        notReady(get(server, path));
      }
      notReady(post(server, "/v0/topics/t", Json.write("1")));
      notReady(post(server, "/v0/topics/t/diff", "{}"));
      notReady(request(server, "DELETE", "/v0/topics/t").send());
      String metrics = get(server, "/metrics").text();
      assertThat(metrics).containsPattern("(?m)^topics_ready 0(\\.0)?$");
      recovered.complete(null);
      server.awaitReady();
      get(server, "/v0/ready").is(200).has("/status", "ready");
      get(server, "/v0/topics/t").refused(404, "topic_not_found");
    } finally {
      recovered.complete(null);
    }
  }

  private static void notReady(Answer answer) {
    answer.refused(503, "not_ready");
    assertThat(Integer.parseInt(answer.header("Retry-After"))).isPositive();
    answer.has("/error/message", "the server is recovering its data; try again soon");
    answer.hasExactly("/error/detail", "replay_progress");
    assertThat(answer.at("/error/detail/replay_progress").isNumber()).isTrue();
    assertThat(answer.at("/error/detail/replay_progress").asDouble()).isBetween(0.0, 1.0);
  }

  // ---- the end

  @Test
  void aServerThatStopsAnswersWhoWaits() throws Exception {
    TopicsServer server = TopicsServer.start(options(Map.of())).awaitReady();
    post(server, "/v0/topics/t", Json.write("1")).is(201);
    try (Wire wire = new Wire(server.address())) {
      wire.send(request(server, "GET", "/v0/health").bytes()).read().is(200);
      wire.send(
          request(server, "POST", "/v0/topics/t/diff")
              .json("{'from_seq':1,'wait_ms':30000}")
              .bytes());
      untilRead(server, "t");
      server.close();
      Answer last = wire.read().refused(503, "shutting_down");
      last.telling("the server is shutting down", "{}");
      assertThat(wire.isClosedByServer()).isTrue();
    }
  }

  @Test
  void aServerThatStopsIsNotReady() throws Exception {
    TopicsServer server = TopicsServer.start(options(Map.of())).awaitReady();
    try (Wire wire = new Wire(server.address())) {
      String unfinished = "GET /v0/ready HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n";
      wire.send("GET /v0/health HTTP/1.1\r\nHost: a\r\n\r\n" + unfinished).read().is(200);
      CompletableFuture<Void> closing = CompletableFuture.runAsync(() -> close(server));
      while (listens(server)) {
        Thread.onSpinWait();
      }
      wire.send("x").read().refused(503, "shutting_down");
      closing.join();
    }
  }

  private static boolean listens(TopicsServer server) {
    try (Socket socket = new Socket()) {
      socket.connect(server.address());
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static void close(TopicsServer server) {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aServerThatStoppedListensNoMore() throws IOException {
    TopicsServer server = TopicsServer.start(options(Map.of())).awaitReady();
    server.close();
    server.close();
    assertThatThrownBy(() -> get(server, "/v0/health"))
        .hasRootCauseInstanceOf(java.net.ConnectException.class);
  }

  // ---- steps

  /// Returns once somebody has read from `topic`, and waits for more then.
  private static void untilRead(TopicsServer server, String topic) {
    String state = "/v0/topics/" + topic + "?touch=false";
    while (get(server, state).is(200).at("/last_read_ts").isNull()) {
      Thread.onSpinWait();
    }
  }

  private ServerOptions options(Map<String, String> variables) {
    Map<String, String> all = new HashMap<>();
    all.put("TOPICS_PORT", "0");
    all.put("TOPICS_DATA_DIR", directory.resolve("data").toString());
    all.putAll(variables);
    return ServerOptions.fromVariables(all);
  }

  private static Request request(TopicsServer server, String method, String target) {
    return new Request(() -> new Wire(server.address()), method, target);
  }

  private static Answer get(TopicsServer server, String target) {
    return request(server, "GET", target).send();
  }

  private static Answer post(TopicsServer server, String target, String json) {
    return request(server, "POST", target).json(json).send();
  }
}
