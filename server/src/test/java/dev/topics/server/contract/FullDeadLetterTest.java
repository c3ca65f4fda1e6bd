package dev.topics.server.contract;

import org.junit.jupiter.api.Test;

/// semantics §8: jobs that were delivered too often, and a dead letter that refuses more.
class FullDeadLetterTest {
  @Test
  void aJobStaysWhileItsDeadLetterIsFull() {
    try (ContractServer own = ContractServer.started()) {
      own.clock().freeze();
      own.put("/v0/topics/dead", "{'cap_records':1,'discard':'reject'}").is(201);
      own.append("dead", "1").is(200);
      String topic = own.topicOf(1, "{'type':'queue','max_deliveries':1,'dead_letter':'dead'}");
      String target = "/v0/topics/" + topic;
      own.post(target + "/claim", "{'node':'w'}").is(200).has("/count", 1);
      own.post(target + "/nack", "{'node':'w','seqs':[1]}").is(200);
      own.post(target + "/claim", "{'node':'w'}").is(200).has("/count", 0);
      own.state(topic)
          .has("/queue/stuck", 1)
          .has("/queue/delayed", 1)
          .has("/queue/dead_lettered", 0)
          .has("/count", 1);
      own.deleteRecords("dead", "{'before_seq':2}").is(200);
      own.clock().advance(1000);
      own.post(target + "/claim", "{'node':'w'}").is(200).has("/count", 0);
      own.state(topic).has("/queue/dead_lettered", 1).has("/count", 0);
      own.awaitCount("dead", 1);
    }
  }

  @Test
  void aDeadLetterWithRoomForOneTakesOneOfManyJobs() {
    try (ContractServer own = ContractServer.started()) {
      own.clock().freeze();
      own.put("/v0/topics/dead", "{'cap_records':1,'discard':'reject'}").is(201);
      String topic = own.topicOf(3, "{'type':'queue','max_deliveries':1,'dead_letter':'dead'}");
      String target = "/v0/topics/" + topic;
      own.post(target + "/claim", "{'node':'w','max':3}").is(200).has("/count", 3);
      own.post(target + "/nack", "{'node':'w','seqs':[1,2,3]}").is(200);
      own.post(target + "/claim", "{'node':'w'}").is(200).has("/count", 0);
      own.state(topic).has("/queue/stuck", 2).has("/queue/dead_lettered", 1).has("/count", 2);
      own.awaitCount("dead", 1);
    }
  }

  @Test
  void aJobTooLargeForItsDeadLetterKeepsNoOtherFromIt() {
    try (ContractServer own = ContractServer.started()) {
      own.clock().freeze();
      own.put("/v0/topics/dead", "{'cap_bytes':500,'discard':'reject'}").is(201);
      String topic = own.topicOf(0, "{'type':'queue','max_deliveries':1,'dead_letter':'dead'}");
      own.append(topic, "\"" + "x".repeat(600) + "\"", "2").is(200);
      String target = "/v0/topics/" + topic;
      own.post(target + "/claim", "{'node':'w','max':2}").is(200).has("/count", 2);
      own.post(target + "/nack", "{'node':'w','seqs':[1,2]}").is(200);
      own.post(target + "/claim", "{'node':'w'}").is(200).has("/count", 0);
      own.state(topic).has("/queue/stuck", 1).has("/earliest_seq", 1).has("/count", 1);
      own.awaitCount("dead", 1);
    }
  }
}
