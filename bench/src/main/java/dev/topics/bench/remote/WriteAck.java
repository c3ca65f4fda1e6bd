package dev.topics.bench.remote;

/// The answer to a write that was accepted; both seqs are inclusive.
public record WriteAck(long firstSeq, long lastSeq, long headSeq, boolean deduped) {
  public long count() {
    return lastSeq - firstSeq + 1;
  }

  static WriteAck parse(Bytes body) {
    long firstSeq = -1;
    long lastSeq = -1;
    long headSeq = -1;
    boolean deduped = false;
    JsonCursor json = body.json();
    while (json.nextMember()) {
      if (json.nameIs("first_seq")) {
        firstSeq = json.readLong();
      } else if (json.nameIs("last_seq")) {
        lastSeq = json.readLong();
      } else if (json.nameIs("head_seq")) {
        headSeq = json.readLong();
      } else if (json.nameIs("deduped")) {
        deduped = json.readBoolean();
      } else {
        json.skip();
      }
    }
    return new WriteAck(firstSeq, lastSeq, headSeq, deduped);
  }
}
