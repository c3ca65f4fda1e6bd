package dev.topics.storage.journal;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.zip.CRC32C;

/// The first page of a journal file.
///
/// ```
/// 4096 bytes, little-endian; unused bytes are zero and mean nothing
///     0  8  magic "TOPICSJL"
///     8  4  format version, 1
///    16  8  sequence of the file, also in its name
///    24  8  size of the file in bytes; it may be larger, never smaller
///    32 16  store id
///    60  4  crc32c over bytes 0 to 60
///   512     sync slot A, see SyncSlots
///  1024     sync slot B
///  1536     failure slot
///  4096     the first frame
/// ```
///
/// The page is durable before the file gets its name, so a page that fails its checksum is damage.
final class FileHeader {
  static final int PAGE_BYTES = 4096;

  /// Without the sync slots.
  static final int BYTES = 64;

  static final int VERSION = 1;

  private static final byte[] MAGIC = "TOPICSJL".getBytes(StandardCharsets.US_ASCII);
  private static final int MAGIC_AT = 0;
  private static final int VERSION_AT = 8;
  private static final int SEQUENCE_AT = 16;
  private static final int SIZE_AT = 24;
  private static final int STORE_ID_AT = 32;
  private static final int CRC_AT = 60;

  private FileHeader() {}

  /// The next size that a file can have.
  static long pages(long bytes) {
    return (bytes + PAGE_BYTES - 1) & -PAGE_BYTES;
  }

  /// What a page says about its file.
  sealed interface Reading {
    record Valid(long sequence, long fileBytes, UUID storeId) implements Reading {}

    record UnknownVersion(int version) implements Reading {}

    record Unreadable() implements Reading {}
  }

  static void write(MemorySegment page, long sequence, long fileBytes, UUID storeId) {
    MemorySegment.copy(MAGIC, 0, page, ValueLayout.JAVA_BYTE, MAGIC_AT, MAGIC.length);
    page.set(FrameHeader.U32, VERSION_AT, VERSION);
    page.set(FrameHeader.U64, SEQUENCE_AT, sequence);
    page.set(FrameHeader.U64, SIZE_AT, fileBytes);
    page.set(FrameHeader.U64, STORE_ID_AT, storeId.getMostSignificantBits());
    page.set(FrameHeader.U64, STORE_ID_AT + 8, storeId.getLeastSignificantBits());
    page.set(FrameHeader.U32, CRC_AT, crc(page));
  }

  static Reading read(MemorySegment page) {
    if (page.get(FrameHeader.U32, CRC_AT) != crc(page)
        || page.asSlice(MAGIC_AT, MAGIC.length).mismatch(MemorySegment.ofArray(MAGIC)) != -1) {
      return new Reading.Unreadable();
    }
    int version = page.get(FrameHeader.U32, VERSION_AT);
    if (version != VERSION) {
      return new Reading.UnknownVersion(version);
    }
    UUID storeId =
        new UUID(
            page.get(FrameHeader.U64, STORE_ID_AT), page.get(FrameHeader.U64, STORE_ID_AT + 8));
    return new Reading.Valid(
        page.get(FrameHeader.U64, SEQUENCE_AT), page.get(FrameHeader.U64, SIZE_AT), storeId);
  }

  private static int crc(MemorySegment page) {
    CRC32C crc = new CRC32C();
    crc.update(page.asSlice(0, CRC_AT).asByteBuffer());
    return (int) crc.getValue();
  }
}
