package dev.topics.storage.pack;

import java.lang.foreign.MemorySegment;

/// A record on its way into a pack: where its bytes lie, and what the index says about it. Reused.
///
/// **Threading** One thread at a time.
public final class PackRecord {
  static final int NONE = -1;

  long seq;
  long ts;
  MemorySegment body = MemorySegment.NULL;
  long bodyAt;
  int bodyBytes;
  int dataOffset;
  int metaOffset;
  int payloadBytes;
  MemorySegment node = MemorySegment.NULL;
  long nodeAt;
  int nodeBytes = NONE;
  MemorySegment tag = MemorySegment.NULL;
  long tagAt;
  int tagBytes = NONE;

  public PackRecord() {}

  /// Begins another record, without node and tag.
  public PackRecord start(long seq, long ts) {
    this.seq = seq;
    this.ts = ts;
    nodeBytes = NONE;
    tagBytes = NONE;
    return this;
  }

  /// The record as it is stored.
  public PackRecord body(MemorySegment segment, long offset, int bytes) {
    body = segment;
    bodyAt = offset;
    bodyBytes = bytes;
    return this;
  }

  /// Where the values of data and meta begin in the body (meta 0 = none), and their bytes together.
  public PackRecord values(int dataOffset, int metaOffset, int payloadBytes) {
    this.dataOffset = dataOffset;
    this.metaOffset = metaOffset;
    this.payloadBytes = payloadBytes;
    return this;
  }

  public PackRecord node(MemorySegment segment, long offset, int bytes) {
    node = segment;
    nodeAt = offset;
    nodeBytes = bytes;
    return this;
  }

  public PackRecord tag(MemorySegment segment, long offset, int bytes) {
    tag = segment;
    tagAt = offset;
    tagBytes = bytes;
    return this;
  }
}
