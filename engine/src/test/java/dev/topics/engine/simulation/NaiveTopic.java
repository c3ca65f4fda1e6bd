package dev.topics.engine.simulation;

import dev.topics.engine.model.DiffQuery;
import dev.topics.engine.model.TopicConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/// A topic as one would write it in ten minutes: what the engine must agree with.
final class NaiveTopic {
  record Stored(long seq, long ts, String node, String tag, String meta, String data) {
    long bytes() {
      return (long) data.length() + (meta == null ? 0 : meta.length());
    }

    String json(DiffQuery query) {
      StringBuilder json = new StringBuilder("{\"$seq\":" + seq + ",\"$ts\":" + ts);
      if (node != null) {
        json.append(",\"$node\":\"").append(node).append('"');
      }
      if (query.includeTags() && tag != null) {
        json.append(",\"$tag\":\"").append(tag).append('"');
      }
      if (query.includeData()) {
        json.append(",\"data\":").append(data);
      }
      if (query.includeMeta() && meta != null) {
        json.append(",\"meta\":").append(meta);
      }
      return json.append('}').toString();
    }
  }

  /// What a read gives: `gap` is `from-to` or empty.
  record Page(List<String> records, long next, long head, long earliest, String gap) {}

  TopicConfig config;
  long head;
  long lastTs;
  long evictFloor = 1;
  final NavigableMap<Long, Stored> live = new TreeMap<>();

  NaiveTopic(TopicConfig config) {
    this.config = config;
  }

  void append(List<Stored> records, long now) {
    expire(now);
    for (Stored record : records) {
      live.put(record.seq(), record);
      head = record.seq();
      lastTs = record.ts();
    }
    evictByCaps();
  }

  void evictByCaps() {
    while ((config.capRecords() > 0 && live.size() > config.capRecords())
        || (config.capBytes() > 0 && bytes() > config.capBytes())) {
      evictFloor = live.pollFirstEntry().getKey() + 1;
    }
  }

  void expire(long now) {
    while (config.ttlMillis() > 0
        && !live.isEmpty()
        && now - live.firstEntry().getValue().ts() > config.ttlMillis()) {
      evictFloor = live.pollFirstEntry().getKey() + 1;
    }
  }

  long bytes() {
    return live.values().stream().mapToLong(Stored::bytes).sum();
  }

  long earliest() {
    return live.isEmpty() ? head + 1 : live.firstKey();
  }

  long delete(Predicate<Stored> which) {
    int before = live.size();
    live.values().removeIf(which);
    return (long) before - live.size();
  }

  Page diff(DiffQuery query, List<String> nodes) {
    String gap = "";
    long cursor = query.fromSeq();
    if (cursor > head) {
      gap = "1-" + head;
      cursor = earliest() - 1;
    } else if (cursor + 1 < evictFloor) {
      gap = (cursor + 1) + "-" + (earliest() - 1);
      cursor = earliest() - 1;
    }
    List<String> records = new ArrayList<>();
    long next = head;
    for (Stored record : live.tailMap(cursor, false).values()) {
      if (records.size() == query.limit()) {
        next = -1;
        break;
      }
      if (record.node() != null && nodes.contains(record.node()) && config.dedupeNode()) {
        continue;
      }
      records.add(record.json(query));
    }
    return new Page(records, next, head, earliest(), gap);
  }
}
