package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Engine;
import dev.topics.engine.EngineOptions;
import dev.topics.server.ServerOptions;
import dev.topics.server.TopicsServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Workers that go away while they wait for a job: others get it, and need not wait for the end of
/// a lease.
class GoneWorkersTest {
  private static final long NOTICED_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);

  /// One request in progress at a time: another one is let in when that of the worker is over.
  @RegisterExtension
  static final ContractServer server =
      new ContractServer(Map.of("TOPICS_MAX_INFLIGHT_PER_KEY", "1"));

  @BeforeAll
  static void standStill() {
    server.clock().freeze();
  }

  private static byte[] waiting(ContractServer server, String topic) {
    return server
        .request("POST", "/v0/topics/" + topic + "/claim")
        .json("{'node':'gone','wait_ms':30000}")
        .bytes();
  }

  /// The job goes to another worker, who is the first to see it.
  private static void isFirstSeenByOthers(String topic) {
    server.append(topic, "1").is(200);
    server
        .post("/v0/topics/" + topic + "/claim", "{'node':'there','wait_ms':10000}")
        .is(200)
        .has("/count", 1)
        .has("/claimed/0/deliveries", 1);
    server.state(topic).has("/queue/dead_lettered", 0);
  }

  private static String queue() {
    return server.topic("{'type':'queue','max_deliveries':1,'dead_letter':'dead'}");
  }

  private static void untilOthersAreLetIn(String topic) {
    long start = System.nanoTime();
    while (server.get("/v0/topics/" + topic).status() == 429) {
      assertThat(System.nanoTime() - start).isLessThan(NOTICED_NANOS_MAX);
    }
  }

  /// @param pipelined what is sent at once; the first answer comes when the claim behind it waits
  @ParameterizedTest
  @CsvSource({"HC, close", "HC, reset", "HCC, close", "HCC, reset", "HCHC, close"})
  void theyAreNoticedSoon(String pipelined, String end) {
    String topic = queue();
    Consumer<Wire> leave = end.equals("reset") ? Wire::reset : Wire::close;
    Wire worker = server.connect();
    ByteArrayOutputStream requests = new ByteArrayOutputStream();
    for (String request : pipelined.split("")) {
      requests.writeBytes(
          request.equals("C")
              ? waiting(server, topic)
              : server.request("GET", "/v0/health").bytes());
    }
    worker.send(requests.toByteArray());
    worker.read().is(200);
    assertThat(server.get("/v0/topics/" + topic).status()).isEqualTo(429);
    leave.accept(worker);
    untilOthersAreLetIn(topic);
    isFirstSeenByOthers(topic);
  }

  @Test
  void whoSendsNoMoreIsGoneBeforeItsAnswerIsThere() {
    String topic = queue();
    try (Wire worker = server.connect()) {
      worker.send(waiting(server, topic)).endOutput();
      assertThat(worker.isClosedByServer()).isTrue();
      isFirstSeenByOthers(topic);
    }
  }

  @Test
  void whoSendsNoMoreStillGetsWhatIsThere() {
    String topic = queue();
    server.append(topic, "1").is(200);
    try (Wire worker = server.connect()) {
      worker.send(waiting(server, topic)).endOutput();
      worker.read().is(200).has("/count", 1);
    }
  }

  /// A lease that is to be durable is answered only when it is.
  @Test
  void aJobOfWhoLeavesBeforeTheLeaseIsDurableIsGivenBack(@TempDir Path directory)
      throws IOException {
    FaultyDisk disk = new FaultyDisk(directory);
    try (TopicsServer slow =
            TopicsServer.start(
                    ServerOptions.defaults().withPort(0),
                    progress -> Engine.open(disk, EngineOptions.defaults()))
                .awaitReady();
        Wire worker = new Wire(slow.address());
        Wire other = new Wire(slow.address())) {
      other.send(to(slow, "PUT", "").json("{'type':'queue','leases_durable':true}").bytes());
      other.read().is(201);
      other.send(to(slow, "POST", "").json("{'records':[{'data':1}]}").bytes());
      other.read().is(200);
      disk.holdSyncs();
      worker.send(to(slow, "POST", "/claim").json("{'node':'gone'}").bytes()).endOutput();
      assertThat(worker.isClosedByServer()).isTrue();
      other.send(to(slow, "POST", "/claim").json("{'node':'there','wait_ms':20000}").bytes());
      disk.releaseSyncs();
      other.read().is(200).has("/count", 1);
    } finally {
      disk.releaseSyncs();
    }
  }

  private static Request to(TopicsServer server, String method, String call) {
    return new Request(() -> new Wire(server.address()), method, "/v0/topics/q" + call);
  }
}
