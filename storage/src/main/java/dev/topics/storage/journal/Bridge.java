package dev.topics.storage.journal;

import dev.topics.storage.checkpoint.LogStart;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.zip.CRC32C;

/// A frame that a repair puts in the place of lost ones, so that the chain holds again. It has no
/// operations, the flag [#FLAG] in its header, and the first lost lsn for its own.
///
/// ```
/// payload
///    0  8  the last lost lsn: the next frame is one more
///    8  4  what the next frame has as previous crc
///   12  4  bytes that the lost frames took at most, in units of 64
///   16  …  zeros, up to the next frame of the same file
/// ```
final class Bridge {
  static final int FLAG = 1;

  /// The smallest bridge. No frame that it could stand for is smaller.
  static final int BYTES_MIN = FrameHeader.BYTES + 16;

  private static final int LAST_LSN = 0;
  private static final int CRC = 8;
  private static final int LOST = 12;
  private static final int LOST_UNIT = 64;
  private static final long LOST_MAX = 0xFFFF_FFFFL;

  private Bridge() {}

  static boolean is(MemorySegment file, long offset) {
    return (FrameHeader.flags(file, offset) & FLAG) != 0;
  }

  /// The lsn behind which the log goes on after the frame at `offset`.
  static long lastLsn(MemorySegment file, long offset) {
    return is(file, offset)
        ? file.get(FrameHeader.U64, offset + FrameHeader.BYTES + LAST_LSN)
        : FrameHeader.lsn(file, offset);
  }

  /// Bytes that the lost frames took at most that the bridge at `offset` stands for.
  static long lostBytes(MemorySegment file, long offset) {
    int units = file.get(FrameHeader.U32, offset + FrameHeader.BYTES + LOST);
    return Integer.toUnsignedLong(units) * LOST_UNIT;
  }

  /// What the frame after the one at `offset` has as previous crc.
  static int crc(MemorySegment file, long offset) {
    return is(file, offset)
        ? file.get(FrameHeader.U32, offset + FrameHeader.BYTES + CRC)
        : FrameHeader.crc(file, offset);
  }

  /// A bridge of `frameBytes`.
  ///
  /// @param tag of its place
  /// @param after the place that it follows
  /// @param lastLost the last frame that it stands for
  /// @param lostBytes what these frames took at most
  /// @param nextPreviousCrc what the frame behind it has as previous crc
  static MemorySegment encode(
      int frameBytes,
      long tag,
      LogStart after,
      long lastLost,
      long lostBytes,
      int nextPreviousCrc,
      int bootEpoch) {
    byte[] bytes = new byte[frameBytes];
    MemorySegment frame = MemorySegment.ofArray(bytes);
    frame.set(FrameHeader.U32, FrameHeader.LENGTH, frameBytes - FrameHeader.BYTES);
    frame.set(FrameHeader.U64, FrameHeader.LSN, after.lsn() + 1);
    frame.set(FrameHeader.U32, FrameHeader.PREVIOUS_CRC, after.crc());
    frame.set(ValueLayout.JAVA_BYTE, FrameHeader.FLAGS, (byte) FLAG);
    frame.set(FrameHeader.U64, FrameHeader.FILE_TAG, tag);
    frame.set(FrameHeader.U32, FrameHeader.BOOT_EPOCH, bootEpoch);
    frame.set(FrameHeader.U64, FrameHeader.BYTES + LAST_LSN, lastLost);
    frame.set(FrameHeader.U32, FrameHeader.BYTES + CRC, nextPreviousCrc);
    long units = Math.min((lostBytes + LOST_UNIT - 1) / LOST_UNIT, LOST_MAX);
    frame.set(FrameHeader.U32, FrameHeader.BYTES + LOST, (int) units);
    CRC32C crc = new CRC32C();
    crc.update(bytes, FrameHeader.LENGTH, FrameHeader.HEADER_CRC - FrameHeader.LENGTH);
    frame.set(FrameHeader.U32, FrameHeader.HEADER_CRC, (int) crc.getValue());
    crc.update(bytes, FrameHeader.HEADER_CRC, frameBytes - FrameHeader.HEADER_CRC);
    frame.set(FrameHeader.U32, FrameHeader.CRC, (int) crc.getValue());
    return frame;
  }
}
