package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Many workers on one queue, over real sockets.
class QueueCrowdContractTest {
  private static final int WORKERS = 600;
  private static final int JOBS = 6_000;

  @RegisterExtension static final ContractServer server = new ContractServer();

  @Test
  void sixHundredWorkersAckEveryJobExactlyOnce() throws Exception {
    String topic = server.topic("{'type':'queue','lease_ms':600000}");
    Set<Long> acked = ConcurrentHashMap.newKeySet();
    AtomicInteger acks = new AtomicInteger();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> workers = new ArrayList<>();
      for (int i = 0; i < WORKERS; i++) {
        String node = "w" + i;
        workers.add(threads.submit(() -> work(topic, node, acked, acks)));
      }
      server.fill(topic, JOBS / 2);
      server.fill(topic, JOBS / 2);
      for (Future<?> worker : workers) {
        worker.get();
      }
    }
    assertThat(acked).hasSize(JOBS);
    assertThat(acks).hasValue(JOBS);
    server.state(topic).has("/count", 0).has("/queue/in_flight", 0);
  }

  private static void work(String topic, String node, Set<Long> acked, AtomicInteger acks) {
    try (Wire wire = server.connect()) {
      while (acks.get() < JOBS) {
        Answer claim =
            wire.send(request(topic, "claim", "{'node':'" + node + "','max':5,'wait_ms':200}"))
                .read()
                .is(200);
        List<Long> seqs = new ArrayList<>();
        claim.at("/claimed").forEach(job -> seqs.add(job.get("$seq").longValue()));
        if (!seqs.isEmpty()) {
          Answer ack =
              wire.send(request(topic, "ack", "{'node':'" + node + "','seqs':" + seqs + "}"))
                  .read()
                  .is(200);
          ack.has("/acked", seqs.size());
          acks.addAndGet(seqs.size());
          for (long seq : seqs) {
            assertThat(acked.add(seq)).as("%d was acked twice", seq).isTrue();
          }
        }
      }
    }
  }

  private static byte[] request(String topic, String verb, String body) {
    return server.request("POST", "/v0/topics/" + topic + "/" + verb).json(body).bytes();
  }

  @Test
  void aCohortSharesInProportionToWhatEachWants() {
    try (ContractServer own = ContractServer.started()) {
      aCohortShares(own);
    }
  }

  /// The time in which a cohort comes together does not pass before all are there.
  private static void aCohortShares(ContractServer server) {
    server.clock().freeze();
    String topic = server.topic("{'type':'queue','claim_jitter_ms':400}");
    server.fill(topic, 60);
    int[] wants = {10, 20, 30, 60};
    List<Wire> wires = new ArrayList<>();
    for (int want : wants) {
      Wire wire = server.connect();
      wire.send(request(topic, "claim", "{'node':'w" + want + "','max':" + want + "}"));
      wires.add(wire);
    }
    server.visitEveryLoop();
    server.clock().advance(400);
    List<Long> counts = new ArrayList<>();
    for (Wire wire : wires) {
      counts.add(wire.read().is(200).number("/count"));
      wire.close();
    }
    assertThat(counts).containsExactly(5L, 10L, 15L, 30L);
  }

  @Test
  void streamsTakePartInACohort() {
    try (ContractServer own = ContractServer.started()) {
      streamsTakePart(own);
    }
  }

  private static void streamsTakePart(ContractServer server) {
    server.clock().freeze();
    String topic = server.topic("{'type':'queue','claim_jitter_ms':400}");
    try (WorkReader stream =
            new WorkReader(server.address(), "/v0/topics/" + topic + "/work?node=s&max=30");
        Wire wire = server.connect()) {
      wire.send(request(topic, "claim", "{'node':'w','max':10,'wait_ms':20000}"));
      server.visitEveryLoop();
      server.fill(topic, 8);
      server.visitEveryLoop();
      server.clock().advance(400);
      assertThat(wire.read().is(200).number("/count")).isEqualTo(2);
      for (int i = 0; i < 6; i++) {
        assertThat(stream.next().name()).isEqualTo("job");
      }
    }
  }
}
