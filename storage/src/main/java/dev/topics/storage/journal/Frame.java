package dev.topics.storage.journal;

import java.lang.foreign.MemorySegment;

/// A valid frame where it lies in its mapped file: a flyweight, reused by whoever handed it out.
///
/// **Threading** one thread, the one that received it. Its segment is read-only to everybody.
public final class Frame {
  private MemorySegment segment = MemorySegment.NULL;
  private long position;

  Frame() {}

  void wrap(MemorySegment file, long framePosition) {
    this.segment = file;
    this.position = framePosition;
  }

  public long lsn() {
    return FrameHeader.lsn(segment, offset());
  }

  /// Where the frame is: file sequence in the upper, offset of its header in the lower 32 bits.
  public long position() {
    return position;
  }

  public int type() {
    return FrameHeader.type(segment, offset());
  }

  public int flags() {
    return FrameHeader.flags(segment, offset());
  }

  /// Whether a repair put it in the place of frames that were lost; it has no operations then.
  public boolean isBridge() {
    return Bridge.is(segment, offset());
  }

  /// Of a bridge: the last frame that it stands for.
  public long lastLostLsn() {
    return Bridge.lastLsn(segment, offset());
  }

  /// Of a bridge: how many frames it stands for.
  public long lostFrames() {
    return lastLostLsn() - lsn() + 1;
  }

  /// Of a bridge: bytes that these frames took at most.
  public long lostBytes() {
    return Bridge.lostBytes(segment, offset());
  }

  public int operationCount() {
    return FrameHeader.operationCount(segment, offset());
  }

  public long topicId() {
    return FrameHeader.topicId(segment, offset());
  }

  /// Boot epoch of the run that wrote the frame.
  public int bootEpoch() {
    return FrameHeader.bootEpoch(segment, offset());
  }

  /// The whole file that holds the frame; the payload begins at [#payloadOffset].
  public MemorySegment segment() {
    return segment;
  }

  public long payloadOffset() {
    return offset() + FrameHeader.BYTES;
  }

  public int payloadBytes() {
    return FrameHeader.length(segment, offset());
  }

  private long offset() {
    return JournalPosition.offset(position);
  }
}
