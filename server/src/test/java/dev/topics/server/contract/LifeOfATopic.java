package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// A topic to which a seeded client does everything there is to do, and what must have become of
/// each of its seqs.
final class LifeOfATopic {
  private static final String[] CLASSES = {"ephemeral", "memory", "disk", "fsync"};

  /// What became of a seq.
  private enum Fate {
    LIVE,
    LOST,
    DELETED
  }

  /// A record as it was sent, and how it is now.
  private static final class Sent {
    final String data;
    final String tag;
    final String node;
    final boolean ephemeral;
    final long ts;
    Fate fate = Fate.LIVE;

    Sent(String data, String tag, String node, boolean ephemeral, long ts) {
      this.data = data;
      this.tag = tag;
      this.node = node;
      this.ephemeral = ephemeral;
      this.ts = ts;
    }
  }

  private final Random random;
  private final ContractServer server;
  private final String topic;
  private final TreeMap<Long, Sent> sent = new TreeMap<>();
  private String durability = "disk";
  private long capRecords;
  private long capBytes;
  private long ttlMillis;
  private long head;

  LifeOfATopic(ContractServer server, long seed) {
    this.server = server;
    random = new Random(seed);
    topic = server.topic("{}");
  }

  /// Does one thing.
  void step() {
    switch (random.nextInt(20)) {
      case 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 -> append();
      case 10 -> deleteBefore();
      case 11, 12 -> deleteTag();
      case 13, 14, 15 -> changeRetention();
      case 16, 17 -> server.clock().advance(random.nextInt(900));
      case 18 -> changeClass();
      default -> restart();
    }
    settle();
  }

  private void append() {
    List<String> records = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      String data = "\"" + "x".repeat(random.nextInt(12)) + "\"";
      String tag = "t" + random.nextInt(4);
      String node = "n" + random.nextInt(3);
      records.add("{'data':" + data + ",'tag':'" + tag + "','node':'" + node + "'}");
      long ts = server.clock().wallMillis();
      sent.put(++head, new Sent(data, tag, node, durability.equals("ephemeral"), ts));
    }
    String body = "{'records':[" + String.join(",", records) + "]}";
    server.post("/v0/topics/" + topic, body).is(200).has("/last_seq", head);
  }

  private void deleteBefore() {
    long before = random.nextLong(head + 3);
    delete("{'before_seq':" + before + "}", before, null);
  }

  private void deleteTag() {
    String tag = "t" + random.nextInt(4);
    long before = random.nextBoolean() ? Long.MAX_VALUE : random.nextLong(head + 3);
    delete("{'match':'" + tag + "','before_seq':" + before + "}", before, tag);
  }

  private void delete(String selector, long before, String tag) {
    settle();
    long deleted = 0;
    for (Sent record : sent.headMap(before, false).values()) {
      if (record.fate == Fate.LIVE && (tag == null || record.tag.equals(tag))) {
        record.fate = Fate.DELETED;
        deleted++;
      }
    }
    server.deleteRecords(topic, selector).is(200).has("/deleted", deleted);
  }

  private void changeRetention() {
    switch (random.nextInt(3)) {
      case 0 -> capRecords = random.nextInt(3) * 4L;
      case 1 -> capBytes = random.nextInt(3) * 30L;
      default -> ttlMillis = random.nextInt(3) * 1000L;
    }
    String config =
        "{'cap_records':%d,'cap_bytes':%d,'ttl_ms':%d}".formatted(capRecords, capBytes, ttlMillis);
    server.put("/v0/topics/" + topic, config).is(200);
  }

  private void changeClass() {
    durability = CLASSES[random.nextInt(CLASSES.length)];
    server.put("/v0/topics/" + topic, "{'durability':'" + durability + "'}").is(200);
  }

  private void restart() {
    settle();
    server.restart();
    for (Sent record : sent.values()) {
      if (record.ephemeral && record.fate == Fate.LIVE) {
        record.fate = Fate.LOST;
      }
    }
    long resumed = server.head(topic);
    assertThat(resumed).isGreaterThanOrEqualTo(head);
    while (head < resumed) {
      Sent unused = new Sent("", "", "", true, 0);
      unused.fate = Fate.LOST;
      sent.put(++head, unused);
    }
  }

  /// Lets time and caps take their toll.
  private void settle() {
    long now = server.clock().wallMillis();
    long count = 0;
    long bytes = 0;
    for (Sent record : sent.descendingMap().values()) {
      if (record.fate == Fate.LIVE) {
        count++;
        bytes += record.data.length();
        boolean old = ttlMillis > 0 && now - record.ts > ttlMillis;
        boolean over = (capRecords > 0 && count > capRecords) || (capBytes > 0 && bytes > capBytes);
        record.fate = old || over ? Fate.LOST : Fate.LIVE;
      }
    }
  }

  // ---- what a client must see

  void check() {
    Answer state = server.state(topic).has("/head_seq", head);
    List<Sent> live = sent.values().stream().filter(record -> record.fate == Fate.LIVE).toList();
    state.has("/count", live.size());
    state.has("/bytes", live.stream().mapToLong(record -> record.data.length()).sum());
    long earliest = head + 1;
    for (long seq = head; seq > 0; seq--) {
      earliest = sent.get(seq).fate == Fate.LIVE ? seq : earliest;
    }
    state.has("/earliest_seq", earliest);
    follow(0);
    follow(random.nextLong(head + 1));
  }

  /// Reads from a cursor to the end: every live record once and in order, every loss told, and
  /// nothing told that is not one.
  private void follow(long cursor) {
    String own = random.nextBoolean() ? "" : "n" + random.nextInt(3);
    long told = cursor;
    long from = cursor;
    while (true) {
      Answer page = page(from, own);
      JsonNode tombstone = page.at("/tombstone");
      if (!tombstone.isNull()) {
        long last = tombstone.get("gap_to").longValue();
        assertThat(tombstone.get("gap_from").longValue()).isEqualTo(from + 1);
        assertThat(lost(from, last)).as("losses in %s", page).isTrue();
        assertNoneLive(from, last, "");
        told = last;
      }
      for (JsonNode record : page.at("/records")) {
        long seq = record.get("$seq").longValue();
        skipped(told, seq - 1, own, page);
        assertThat(sent.get(seq).fate).as("%d in %s", seq, page).isEqualTo(Fate.LIVE);
        assertThat(record.get("data").toString()).isEqualTo(sent.get(seq).data);
        told = seq;
      }
      long next = page.number("/next_from_seq");
      skipped(told, next, own, page);
      told = Math.max(told, next);
      if (page.at("/caught_up").asBoolean()) {
        assertThat(next).isEqualTo(head);
        return;
      }
      assertThat(next).as("progress in %s", page).isGreaterThan(from);
      from = next;
    }
  }

  private Answer page(long from, String own) {
    int limit = 1 + random.nextInt(5);
    String query = "{'from_seq':" + from + ",'limit':" + limit + ",'node':'" + own + "'}";
    return server.diff(topic, query).is(200);
  }

  /// What lies after `after` up to `last` was passed over in silence.
  private void skipped(long after, long last, String own, Answer page) {
    assertNoneLive(after, last, own);
    assertThat(lost(after, last))
        .as("silence about %d to %d in %s", after + 1, last, page)
        .isFalse();
  }

  private void assertNoneLive(long after, long last, String own) {
    for (long seq = after + 1; seq <= last; seq++) {
      Sent record = sent.get(seq);
      assertThat(record.fate == Fate.LIVE && !record.node.equals(own))
          .as("%d is live", seq)
          .isFalse();
    }
  }

  private boolean lost(long after, long last) {
    for (long seq = after + 1; seq <= last; seq++) {
      if (sent.get(seq).fate == Fate.LOST) {
        return true;
      }
    }
    return false;
  }
}
