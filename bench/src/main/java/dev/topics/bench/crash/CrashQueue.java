package dev.topics.bench.crash;

import dev.topics.bench.remote.DiffPage;
import dev.topics.bench.remote.ReadRecord;
import dev.topics.bench.remote.TopicsConnection;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A queue with a dead letter, and who judges it.
record CrashQueue(String name, String durability, QueueOracle oracle) {
  private static final int PAGE_RECORDS = 1000;
  private static final Pattern DELIVERIES =
      Pattern.compile("\"\\$dead_letter_deliveries\":\"(\\d+)\"");
  private static final Pattern SEQ = Pattern.compile("\"\\$dead_letter_src_seq\":\"(\\d+)\"");

  static CrashQueue of(String durability) {
    String name = "q-" + durability;
    return new CrashQueue(name, durability, new QueueOracle(name));
  }

  String deadLetter() {
    return name + "-dead";
  }

  void create(TopicsConnection topics) throws IOException {
    topics.putTopic(
        name,
        ("{\"type\":\"queue\",\"durability\":\"%s\",\"lease_ms\":150,\"max_deliveries\":3,"
                + "\"dead_letter\":\"%s\"}")
            .formatted(durability, deadLetter()));
  }

  /// Reads everything after a restart and has it judged.
  void audit(TopicsConnection topics) throws IOException {
    Set<Long> live = new HashSet<>();
    Map<Long, Integer> dead = new HashMap<>();
    if (topics.state(name).isPresent()) {
      read(topics, name, record -> live.add(record.seq()));
    }
    if (topics.state(deadLetter()).isPresent()) {
      read(topics, deadLetter(), record -> bury(record, dead));
    }
    oracle.restarted(live, dead);
  }

  private void bury(ReadRecord record, Map<Long, Integer> dead) {
    String meta = String.valueOf(record.meta());
    Matcher seq = SEQ.matcher(meta);
    Matcher deliveries = DELIVERIES.matcher(meta);
    if (!seq.find() || !deliveries.find()) {
      oracle.refused("a dead letter without its provenance: " + meta);
      return;
    }
    long source = Long.parseLong(seq.group(1));
    if (dead.put(source, Integer.parseInt(deliveries.group(1))) != null) {
      oracle.twiceDead(source);
    }
  }

  private interface Visitor {
    void record(ReadRecord record);
  }

  private static void read(TopicsConnection topics, String topic, Visitor visitor)
      throws IOException {
    long from = 0;
    while (true) {
      DiffPage page = topics.diff(topic, from, PAGE_RECORDS);
      page.records().forEach(visitor::record);
      from = page.nextFromSeq();
      if (from == page.headSeq()) {
        return;
      }
    }
  }
}
