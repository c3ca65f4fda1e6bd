package dev.topics.bench.crash;

import dev.topics.bench.remote.DiffPage;
import dev.topics.bench.remote.ReadRecord;
import dev.topics.bench.remote.TopicState;
import dev.topics.bench.remote.TopicsConnection;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Compares a topic with what a router makes of it from its first record on: after kills, which
/// cost classes `disk` and `fsync` nothing, each record has its copy at the same seq.
final class CopyAudit {
  private static final Duration ARRIVAL = Duration.ofSeconds(60);
  private static final int PAGE_RECORDS = 1000;

  private final TopicsConnection connection;
  private final Oracle oracle;

  CopyAudit(TopicsConnection connection, Oracle oracle) {
    this.connection = connection;
    this.oracle = oracle;
  }

  /// Routes `topic` if it exists, and compares the copies once all have arrived.
  void audit(String topic) throws IOException, InterruptedException {
    Optional<TopicState> source = connection.state(topic);
    if (source.isEmpty()) {
      return;
    }
    String copies = "copies-of-" + topic;
    connection.putRouter(
        topic + "->" + copies,
        "{\"source\":\"%s\",\"dest\":\"%s\",\"from_seq\":0}".formatted(topic, copies));
    long head = source.get().headSeq();
    if (!arrives(copies, head)) {
      oracle.violation("topic " + copies + " never reached seq " + head);
      return;
    }
    compare(topic, copies, head);
  }

  private boolean arrives(String copies, long head) throws IOException, InterruptedException {
    Instant deadline = Instant.now().plus(ARRIVAL);
    while (Instant.now().isBefore(deadline)) {
      Optional<TopicState> state = connection.state(copies);
      if (state.isPresent() && state.get().headSeq() >= head) {
        return true;
      }
      Thread.sleep(20);
    }
    return false;
  }

  private void compare(String topic, String copies, long head) throws IOException {
    for (long seq = 0; seq < head; ) {
      DiffPage of = connection.diff(topic, seq, PAGE_RECORDS);
      List<SentRecord> sent = contents(of);
      DiffPage copied = connection.diff(copies, seq, Math.max(1, sent.size()));
      if (copied.tombstone() != null || !contents(copied).equals(sent)) {
        oracle.violation(
            "topic %s differs from %s between seqs %d and %d"
                .formatted(copies, topic, seq + 1, of.nextFromSeq()));
        return;
      }
      seq = of.nextFromSeq();
    }
    if (connection.state(copies).orElseThrow().headSeq() != head) {
      oracle.violation("topic " + copies + " goes on behind seq " + head);
    }
  }

  private static List<SentRecord> contents(DiffPage page) {
    List<SentRecord> contents = new ArrayList<>();
    for (ReadRecord record : page.records()) {
      contents.add(SentRecord.contentOf(record).copy());
    }
    return contents;
  }
}
