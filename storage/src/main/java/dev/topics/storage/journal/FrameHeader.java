package dev.topics.storage.journal;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The header of a frame, and where its fields are.
///
/// ```
/// 64 bytes, 8-aligned, little-endian, followed by the payload and 0 to 7 bytes of padding
///    0  4  crc32c        over bytes 4 to 64 + length
///    4  4  length        bytes of payload; stored last, with release semantics
///    8  8  lsn           previous + 1, the first is 1
///   16  4  previous crc  of the frame before, across files; the first has the store's start value
///   20  1  type
///   21  1  flags         1 = a bridge over lost frames, see [Bridge]
///   22  2  operation count, unsigned
///   24  8  topic id      0 = not one topic
///   32  8  file tag      position of the frame (file sequence << 32 | offset) xor store salt
///   40  8  durable lsn   highest lsn known synced when this frame was built
///   48  8  term          0
///   56  4  boot epoch
///   60  4  header crc32c over bytes 4 to 60
/// ```
///
/// An all-zero header is never valid. The header crc makes the length trustworthy, and lets a scan
/// find the next frame behind a damaged one. The file tag makes bytes that belong to another store,
/// another file or another place in the same file fail, even if their checksums hold.
final class FrameHeader {
  static final int BYTES = 64;
  static final int ALIGNMENT = 8;

  static final int CRC = 0;
  static final int LENGTH = 4;
  static final int LSN = 8;
  static final int PREVIOUS_CRC = 16;
  static final int TYPE = 20;
  static final int FLAGS = 21;
  static final int OPERATION_COUNT = 22;
  static final int TOPIC_ID = 24;
  static final int FILE_TAG = 32;
  static final int DURABLE_LSN = 40;
  static final int TERM = 48;
  static final int BOOT_EPOCH = 56;
  static final int HEADER_CRC = 60;

  static final ValueLayout.OfShort U16 = le(ValueLayout.JAVA_SHORT_UNALIGNED);
  static final ValueLayout.OfInt U32 = le(ValueLayout.JAVA_INT_UNALIGNED);
  static final ValueLayout.OfLong U64 = le(ValueLayout.JAVA_LONG_UNALIGNED);

  private FrameHeader() {}

  /// Bytes that a frame takes in its file: header, payload, padding.
  static long frameBytes(int payloadBytes) {
    return ((long) BYTES + payloadBytes + ALIGNMENT - 1) & -ALIGNMENT;
  }

  static int crc(MemorySegment file, long offset) {
    return file.get(U32, offset + CRC);
  }

  static int length(MemorySegment file, long offset) {
    return file.get(U32, offset + LENGTH);
  }

  static long lsn(MemorySegment file, long offset) {
    return file.get(U64, offset + LSN);
  }

  static int previousCrc(MemorySegment file, long offset) {
    return file.get(U32, offset + PREVIOUS_CRC);
  }

  static int type(MemorySegment file, long offset) {
    return file.get(ValueLayout.JAVA_BYTE, offset + TYPE) & 0xff;
  }

  static int flags(MemorySegment file, long offset) {
    return file.get(ValueLayout.JAVA_BYTE, offset + FLAGS) & 0xff;
  }

  static int operationCount(MemorySegment file, long offset) {
    return file.get(U16, offset + OPERATION_COUNT) & 0xffff;
  }

  static long topicId(MemorySegment file, long offset) {
    return file.get(U64, offset + TOPIC_ID);
  }

  static long fileTag(MemorySegment file, long offset) {
    return file.get(U64, offset + FILE_TAG);
  }

  static long durableLsn(MemorySegment file, long offset) {
    return file.get(U64, offset + DURABLE_LSN);
  }

  static int bootEpoch(MemorySegment file, long offset) {
    return file.get(U32, offset + BOOT_EPOCH);
  }

  static int headerCrc(MemorySegment file, long offset) {
    return file.get(U32, offset + HEADER_CRC);
  }

  private static ValueLayout.OfShort le(ValueLayout.OfShort layout) {
    return layout.withOrder(ByteOrder.LITTLE_ENDIAN);
  }

  private static ValueLayout.OfInt le(ValueLayout.OfInt layout) {
    return layout.withOrder(ByteOrder.LITTLE_ENDIAN);
  }

  private static ValueLayout.OfLong le(ValueLayout.OfLong layout) {
    return layout.withOrder(ByteOrder.LITTLE_ENDIAN);
  }
}
