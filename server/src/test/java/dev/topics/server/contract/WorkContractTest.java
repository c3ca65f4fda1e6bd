package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/// http-api §8: jobs pushed to workers.
class WorkContractTest {
  @RegisterExtension static final ContractServer server = new ContractServer();

  private static String queueOf(int jobs) {
    return server.topicOf(jobs, "{'type':'queue'}");
  }

  private static WorkReader work(String topic, String query) {
    return new WorkReader(server.address(), "/v0/topics/" + topic + "/work?" + query);
  }

  private static void ack(String topic, String node, long seq) {
    server
        .post("/v0/topics/" + topic + "/ack", "{'node':'" + node + "','seqs':[" + seq + "]}")
        .is(200)
        .has("/acked", 1);
  }

  @Test
  void aJobIsPushedWithItsSeqAsId() {
    String topic = queueOf(1);
    try (WorkReader worker = work(topic, "node=w")) {
      WorkReader.Event event = worker.next();
      assertThat(event.id()).isEqualTo("1");
      assertThat(event.name()).isEqualTo("job");
      JsonNode job = event.data();
      assertThat(job.propertyNames())
          .containsExactlyInAnyOrder(
              "topic", "$seq", "$ts", "lease_id", "deadline", "deliveries", "data");
      assertThat(job.get("topic").asString()).isEqualTo(topic);
    }
  }

  @Test
  void noMoreThanMaxAreUnderWayAndAnAckBringsTheNext() {
    String topic = queueOf(5);
    try (WorkReader worker = work(topic, "node=w&max=2")) {
      assertThat(worker.next().seq()).isEqualTo(1);
      assertThat(worker.next().seq()).isEqualTo(2);
      server.state(topic).has("/queue/in_flight", 2).has("/queue/ready", 3);
      ack(topic, "w", 1);
      assertThat(worker.next().seq()).isEqualTo(3);
      server.post("/v0/topics/" + topic + "/nack", "{'node':'w','seqs':[2],'delay_ms':60000}");
      assertThat(worker.next().seq()).isEqualTo(4);
      server.append(topic, "6").is(200);
      ack(topic, "w", 3);
      assertThat(worker.next().seq()).isEqualTo(5);
    }
  }

  @Test
  void theEndOfALeaseMakesRoomOnAStreamThatHasAllItMay() {
    String topic = queueOf(2);
    try (WorkReader worker = work(topic, "node=w&max=1&lease_ms=100")) {
      assertThat(worker.next().seq()).isEqualTo(1);
      WorkReader.Event again = worker.next();
      assertThat(again.seq()).isEqualTo(1);
      assertThat(again.data().get("deliveries").asInt()).isEqualTo(2);
    }
  }

  @Test
  void anAppendIsPushedToAWorkerThatWaits() {
    String topic = queueOf(0);
    try (WorkReader worker = work(topic, "node=w&lease_ms=60000")) {
      server.append(topic, "1").is(200);
      assertThat(worker.next().seq()).isEqualTo(1);
    }
  }

  @Test
  void whatAHundredStreamsHeldIsFreeAtOnceWhenTheyGo() {
    String topic = queueOf(300);
    List<WorkReader> workers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      workers.add(work(topic, "node=w" + i + "&max=3&lease_ms=600000"));
    }
    for (WorkReader worker : workers) {
      for (int i = 0; i < 3; i++) {
        assertThat(worker.next().name()).isEqualTo("job");
      }
    }
    server.state(topic).has("/queue/in_flight", 300);
    workers.forEach(WorkReader::close);
    long closedNanos = System.nanoTime();
    int free = 0;
    while (free < 300) {
      Answer answer =
          server.post(
              "/v0/topics/" + topic + "/claim", "{'node':'heir','max':1000,'wait_ms':5000}");
      assertThat(System.nanoTime() - closedNanos)
          .as("a tenth of the lease")
          .isLessThan(TimeUnit.SECONDS.toNanos(60));
      free += (int) answer.is(200).number("/count");
    }
    long tookMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - closedNanos);
    System.out.println(
        "300 jobs of 100 closed streams were claimed again in " + tookMillis + " ms");
  }

  @Test
  void headClaimsNoJob() {
    String topic = queueOf(1);
    Request head = server.request("HEAD", "/v0/topics/" + topic + "/work?node=w");
    assertThat(head.send(Wire::readHead).status()).isEqualTo(200);
    server.post("/v0/topics/" + topic + "/claim", "{'node':'w'}").has("/claimed/0/deliveries", 1);
  }

  @Test
  void deletionOfTheQueueEndsTheStream() {
    String topic = queueOf(0);
    try (WorkReader worker = work(topic, "node=w")) {
      server.delete("/v0/topics/" + topic).is(200);
      WorkReader.Event event = worker.next();
      assertThat(event.name()).isEqualTo("error");
      assertThat(event.data().get("code").asInt()).isEqualTo(404);
    }
  }

  @Test
  void aStreamThatCannotBeIsRefused() {
    String topic = queueOf(1);
    String target = "/v0/topics/" + topic + "/work";
    server.get(target).invalid().saying("node");
    server.get(target + "?node=").invalid();
    server.get(target + "?node=w&max=x").invalid();
    server
        .request("GET", target + "?node=w")
        .header("Accept", "application/json")
        .send()
        .refused(406, "not_acceptable");
    server.state(topic).has("/queue/in_flight", 0);
    server.get("/v0/topics/" + server.topic("{}") + "/work?node=w").refused(409, "not_a_queue");
    server.get("/v0/topics/absent/work?node=w").refused(404, "topic_not_found");
  }
}
