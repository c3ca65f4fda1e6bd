package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// semantics §2 and §3: many writers and readers of one topic.
class ConcurrencyContractTest {
  private static final int WRITERS = 6;
  private static final int WRITES = 60;

  @RegisterExtension static final ContractServer server = new ContractServer();

  /// What one writer got: its record for each seq.
  private record Written(Map<Long, String> bySeq) {}

  @ParameterizedTest
  @ValueSource(strings = {"ephemeral", "memory", "disk", "fsync"})
  void everyWriteGetsItsOwnSeqsAndReadersSeeAllOfThemInOrder(String durability) throws Exception {
    String topic = server.topic("{'durability':'" + durability + "'}");
    try (ExecutorService threads = Executors.newFixedThreadPool(WRITERS + 2)) {
      List<Future<List<String>>> readers = new ArrayList<>();
      for (int reader = 0; reader < 2; reader++) {
        readers.add(threads.submit(() -> follow(topic)));
      }
      List<Future<Written>> writers = new ArrayList<>();
      for (int writer = 0; writer < WRITERS; writer++) {
        writers.add(threads.submit(writer(topic, writer)));
      }
      Map<Long, String> expected = new HashMap<>();
      for (Future<Written> writer : writers) {
        writer.get().bySeq().forEach((seq, data) -> assertThat(expected.put(seq, data)).isNull());
      }
      server.append(topic, "\"end\"").is(200).has("/first_seq", expected.size() + 1);
      List<String> inOrder =
          LongStream.rangeClosed(1, expected.size()).mapToObj(expected::get).toList();
      for (Future<List<String>> reader : readers) {
        assertThat(reader.get()).isEqualTo(inOrder);
      }
    }
  }

  private static Callable<Written> writer(String topic, int writer) {
    Random random = new Random(writer);
    return () -> {
      Map<Long, String> bySeq = new HashMap<>();
      try (Wire wire = server.connect()) {
        for (int i = 0; i < WRITES; i++) {
          List<String> data = new ArrayList<>();
          for (int record = random.nextInt(4); record >= 0; record--) {
            data.add("[" + writer + "," + i + "," + record + "]");
          }
          Request write = server.request("POST", "/v0/topics/" + topic).json(Json.write(data));
          long seq = wire.send(write.bytes()).read().is(200).number("/first_seq");
          for (String record : data) {
            bySeq.put(seq++, record);
          }
        }
      }
      return new Written(bySeq);
    };
  }

  /// Reads to the record `"end"`, waiting for what is not there yet.
  private static List<String> follow(String topic) {
    List<String> data = new ArrayList<>();
    long from = 0;
    long ts = 0;
    try (Wire wire = server.connect()) {
      while (true) {
        String query = "{'limit':37,'wait_ms':20000,'from_seq':" + from + "}";
        Request diff = server.request("POST", "/v0/topics/" + topic + "/diff").json(query);
        Answer page = wire.send(diff.bytes()).read().is(200).hasNull("/tombstone");
        for (var record : page.at("/records")) {
          assertThat(record.get("$seq").longValue()).isEqualTo(++from);
          assertThat(record.get("$ts").longValue()).isGreaterThanOrEqualTo(ts);
          ts = record.get("$ts").longValue();
          if (record.get("data").isString()) {
            return data;
          }
          data.add(record.get("data").toString());
        }
        page.has("/next_from_seq", from);
      }
    }
  }

  @Test
  void writersThatRaceToCreateATopicCreateItOnce() throws Exception {
    String topic = server.name();
    try (ExecutorService threads = Executors.newFixedThreadPool(WRITERS)) {
      List<Callable<Answer>> writes = new ArrayList<>();
      for (int writer = 0; writer < WRITERS; writer++) {
        writes.add(() -> server.append(topic, "1"));
      }
      List<Integer> statuses = new ArrayList<>();
      for (Future<Answer> write : threads.invokeAll(writes)) {
        statuses.add(write.get().status());
      }
      assertThat(statuses).containsOnly(200, 201).containsOnlyOnce(201);
      assertThat(server.head(topic)).isEqualTo(WRITERS);
    }
  }

  @Test
  void aFullTopicThatRejectsNeverTakesMoreThanItsCap() throws Exception {
    String topic = server.topic("{'cap_records':20,'discard':'reject'}");
    try (ExecutorService threads = Executors.newFixedThreadPool(WRITERS)) {
      List<Callable<Answer>> writes = new ArrayList<>();
      for (int write = 0; write < 40; write++) {
        writes.add(() -> server.append(topic, "1"));
      }
      List<Integer> statuses = new ArrayList<>();
      for (Future<Answer> write : threads.invokeAll(writes)) {
        statuses.add(write.get().status());
      }
      assertThat(statuses.stream().filter(status -> status == 200)).hasSize(20);
      assertThat(statuses.stream().filter(status -> status == 422)).hasSize(20);
      server.state(topic).has("/count", 20).has("/head_seq", 20);
    }
  }
}
