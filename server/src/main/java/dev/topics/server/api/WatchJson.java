package dev.topics.server.api;

import dev.topics.engine.model.Tombstone;
import dev.topics.server.http.ByteOutput;

/// What events and messages of watches have in common.
final class WatchJson {
  private WatchJson() {}

  /// The fields of a tombstone behind the topic.
  static ByteOutput tombstone(Tombstone tombstone, boolean onConnect, ByteOutput out) {
    String reason = onConnect ? "from_seq_too_old" : tombstone.reason().wireName();
    out.ascii("\"reason\":\"").ascii(reason);
    out.ascii("\",\"gap_from\":").number(tombstone.gapFrom());
    out.ascii(",\"gap_to\":").number(tombstone.gapTo());
    out.ascii(",\"earliest_seq\":").number(tombstone.earliestSeq());
    return out.ascii(",\"head_seq\":").number(tombstone.headSeq());
  }
}
