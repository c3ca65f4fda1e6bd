package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Workers that go away while they wait for a job: others get it, and need not wait for the end of
/// a lease.
class GoneWorkersTest {
  private static final long NOTICED_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);
  private static final String HEALTH = "H";
  private static final String CLAIM = "C";

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

  private static void isClaimedByOthers(ContractServer server, String topic) {
    server.append(topic, "1").is(200);
    server.post("/v0/topics/" + topic + "/claim", "{'node':'there'}").is(200).has("/count", 1);
  }

  private static void untilOthersGet(int status, String topic) {
    long start = System.nanoTime();
    while (server.get("/v0/topics/" + topic).status() != status) {
      assertThat(System.nanoTime() - start).isLessThan(NOTICED_NANOS_MAX);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "C, close",
    "C, reset",
    "HC, close",
    "HC, reset",
    "CC, close",
    "CHC, close",
    "CC, reset"
  })
  void theyAreNoticedSoon(String pipelined, String end) {
    String topic = server.topic("{'type':'queue'}");
    Consumer<Wire> leave = end.equals("reset") ? Wire::reset : Wire::close;
    Wire worker = server.connect();
    for (String request : pipelined.split("")) {
      worker.send(
          request.equals(CLAIM)
              ? waiting(server, topic)
              : server.request("GET", "/v0/health").bytes());
    }
    if (pipelined.startsWith(HEALTH)) {
      worker.read().is(200);
    }
    untilOthersGet(429, topic);
    leave.accept(worker);
    untilOthersGet(200, topic);
    isClaimedByOthers(server, topic);
  }

  @Test
  void anAnswerIsKeptFromWhoResetAfterTheEndOfItsRequests() {
    try (ContractServer own = ContractServer.started()) {
      String topic = own.topic("{'type':'queue'}");
      Wire worker = own.connect();
      worker.send(waiting(own, topic)).endOutput();
      assertThat(worker.read().status()).isEqualTo(100);
      worker.reset();
      isClaimedByOthers(own, topic);
    }
  }
}
