package dev.topics.bench.remote;

/// A record as a reader received it; an absent field is [Bytes#NONE], a present one its JSON text.
///
/// The bytes are ranges of the answer they came in: copy what must outlive it.
public record ReadRecord(long seq, long ts, Bytes node, Bytes tag, Bytes meta, Bytes data) {
  static ReadRecord parse(JsonCursor json) {
    long seq = 0;
    long ts = 0;
    Bytes node = Bytes.NONE;
    Bytes tag = Bytes.NONE;
    Bytes meta = Bytes.NONE;
    Bytes data = Bytes.NONE;
    while (json.nextMember()) {
      if (json.nameIs("$seq")) {
        seq = json.readLong();
      } else if (json.nameIs("$ts")) {
        ts = json.readLong();
      } else if (json.nameIs("$node")) {
        node = json.read();
      } else if (json.nameIs("$tag")) {
        tag = json.read();
      } else if (json.nameIs("meta")) {
        meta = json.read();
      } else if (json.nameIs("data")) {
        data = json.read();
      } else {
        json.skip();
      }
    }
    return new ReadRecord(seq, ts, node, tag, meta, data);
  }
}
