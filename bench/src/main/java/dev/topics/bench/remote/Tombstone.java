package dev.topics.bench.remote;

/// The gap signal of a read: the seqs from `gapFrom` to `gapTo`, both inclusive, were lost.
public record Tombstone(long gapFrom, long gapTo, String reason) {
  static Tombstone parse(JsonCursor json) {
    long gapFrom = 0;
    long gapTo = 0;
    String reason = "";
    while (json.nextMember()) {
      if (json.nameIs("gap_from")) {
        gapFrom = json.readLong();
      } else if (json.nameIs("gap_to")) {
        gapTo = json.readLong();
      } else if (json.nameIs("reason")) {
        reason = json.readPlainString();
      } else {
        json.skip();
      }
    }
    return new Tombstone(gapFrom, gapTo, reason);
  }
}
