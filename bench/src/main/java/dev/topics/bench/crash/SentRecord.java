package dev.topics.bench.crash;

import dev.topics.bench.remote.Bytes;
import dev.topics.bench.remote.ReadRecord;

/// The content of a record as JSON texts, unique in a run; absent fields are [Bytes#NONE].
record SentRecord(Bytes node, Bytes tag, Bytes meta, Bytes data) {
  /// What a reader received, without its seq and time; shares the bytes of the answer.
  static SentRecord contentOf(ReadRecord read) {
    return new SentRecord(read.node(), read.tag(), read.meta(), read.data());
  }

  SentRecord copy() {
    return new SentRecord(node.copy(), tag.copy(), meta.copy(), data.copy());
  }

  /// What counts as bytes of a topic: data and meta.
  long countedBytes() {
    return (long) data.size() + meta.size();
  }

  String json() {
    StringBuilder json = new StringBuilder("{\"data\":").append(data);
    append(json, "node", node);
    append(json, "tag", tag);
    append(json, "meta", meta);
    return json.append('}').toString();
  }

  private static void append(StringBuilder json, String name, Bytes value) {
    if (!value.isEmpty()) {
      json.append(",\"").append(name).append("\":").append(value);
    }
  }
}
