package dev.topics.engine.record;

import dev.topics.storage.pack.PackRecord;

/// A stored record as a pack takes it. Reused.
public final class PackedCopy {
  private final PackRecord record = new PackRecord();

  public PackedCopy() {}

  /// Record `i` of `block`; valid until the next call.
  public PackRecord of(AppendBlock block, int i) {
    long start = block.bodyStart(i);
    record
        .start(block.firstSeq() + i, block.ts())
        .body(block.segment(), start, (int) (block.bodyEnd(i) - start))
        .values(block.dataOffset(i), block.metaOffset(i), block.payloadBytes(i));
    if (block.hasNode(i)) {
      record.node(block.segment(), block.nodeStart(i), block.nodeLength(i));
    }
    if (block.hasTag(i)) {
      record.tag(block.segment(), block.tagStart(i), block.tagLength(i));
    }
    return record;
  }
}
