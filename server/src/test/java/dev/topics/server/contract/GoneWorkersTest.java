package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
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

  /// It may have been leased to who is gone and come back, but not by the end of that lease.
  private static void isClaimedByOthers(ContractServer server, String topic) {
    server.append(topic, "1").is(200);
    server
        .post("/v0/topics/" + topic + "/claim", "{'node':'there','wait_ms':10000}")
        .is(200)
        .has("/count", 1);
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
    String topic = server.topic("{'type':'queue'}");
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
