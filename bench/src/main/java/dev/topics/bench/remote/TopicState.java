package dev.topics.bench.remote;

/// The state of a topic: `count` live records with `bytes` of data and meta.
public record TopicState(
    long headSeq, long earliestSeq, long count, long bytes, String durability) {
  static TopicState parse(Bytes body) {
    long headSeq = -1;
    long earliestSeq = -1;
    long count = -1;
    long bytes = -1;
    String durability = "";
    JsonCursor json = body.json();
    while (json.nextMember()) {
      if (json.nameIs("head_seq")) {
        headSeq = json.readLong();
      } else if (json.nameIs("earliest_seq")) {
        earliestSeq = json.readLong();
      } else if (json.nameIs("count")) {
        count = json.readLong();
      } else if (json.nameIs("bytes")) {
        bytes = json.readLong();
      } else if (json.nameIs("config")) {
        durability = durability(json);
      } else {
        json.skip();
      }
    }
    return new TopicState(headSeq, earliestSeq, count, bytes, durability);
  }

  private static String durability(JsonCursor config) {
    String durability = "";
    while (config.nextMember()) {
      if (config.nameIs("durability")) {
        durability = config.readPlainString();
      } else {
        config.skip();
      }
    }
    return durability;
  }
}
