package dev.topics.storage.pack;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/// The bytes of a pack, and what they have in common. All numbers are little-endian.
///
/// ```text
/// a pack
///      0  512  seal
///       …      runs, one behind the other, owners ascending; a run is
///                chunks, one behind the other, seqs ascending; a chunk is
///                  bodies, joined by commas
///                  columns: where in the bodies each record is, and what it has
///                  tags, unless no record has one
///                table of the chunks
///       …      directory of the runs
///   -512  512  the same seal again
/// ```
///
/// Checksums form a tree, and no byte is outside of it. A seal and an entry of the directory carry
/// their own, into which the ids of store and pack go, so that what belongs elsewhere does not
/// pass. The directory has the checksum of each table, a table those of its chunks' columns and
/// tags, and the columns one for every 16 KiB of bodies. So whatever is damaged, only the records
/// behind it are lost: those of a block, of a chunk, or of a run. Of the seals one is enough.
final class PackLayout {
  static final int VERSION = 1;

  /// Bodies are checked in blocks of this size, counted from the start of the chunk.
  static final int BLOCK_BYTES = 16 << 10;

  /// Records of a chunk, at most; indexes of records are 16 bits wide.
  static final int CHUNK_RECORDS_MAX = 16 << 10;

  static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private PackLayout() {}

  /// Blocks of `bytes` of bodies.
  static int blocks(int bytes) {
    return (int) (((long) bytes + BLOCK_BYTES - 1) / BLOCK_BYTES);
  }

  static int crc(MemorySegment bytes, long offset, long length) {
    return crc(new CRC32C(), bytes, offset, length);
  }

  /// Goes on with a checksum.
  static int crc(CRC32C crc, MemorySegment bytes, long offset, long length) {
    crc.update(bytes.asSlice(offset, length).asByteBuffer());
    return (int) crc.getValue();
  }
}
