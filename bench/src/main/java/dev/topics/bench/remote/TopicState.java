package dev.topics.bench.remote;

/// The state of a topic: `count` live records with `bytes` of data and meta.
public record TopicState(long headSeq, long earliestSeq, long count, long bytes) {
  static TopicState parse(Bytes body) {
    long headSeq = -1;
    long earliestSeq = -1;
    long count = -1;
    long bytes = -1;
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
      } else {
        json.skip();
      }
    }
    return new TopicState(headSeq, earliestSeq, count, bytes);
  }
}
