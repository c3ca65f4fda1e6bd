package dev.topics.storage.checkpoint;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The bytes of a checkpoint. All numbers are little-endian, unused bytes are zero.
///
/// ```text
/// header, 128 bytes
///    0  8  magic "TOPICSCP"
///    8  4  format version, 1
///   16 16  store id
///   32  8  generation
///   40  8  lsn of the last frame whose effect is inside
///   48  4  crc of that frame
///   52  4  offset of the next frame in its journal file
///   56  8  sequence of that file
///  124  4  crc32c over bytes 0 to 124
/// chunks, each behind a header of 32 bytes
///    0  8  bytes of the chunk, at most 4 MiB
///    8  8  number of the chunk, from 0
///   16  8  generation
///   24  4  crc32c of the chunk
///   28  4  crc32c over the store id and bytes 0 to 28
/// trailer, 64 bytes, the last of the file
///    0  8  magic "TOPICSCE"
///    8  8  generation
///   16  8  chunks
///   24  8  bytes of the file
///   32  4  crc32c over the checksums of all chunks, 4 bytes each
///   60  4  crc32c over the store id and bytes 0 to 60
/// ```
final class CheckpointLayout {
  static final int VERSION = 1;
  static final int HEADER_BYTES = 128;
  static final int CHUNK_HEADER_BYTES = 32;
  static final int TRAILER_BYTES = 64;

  private static final byte[] MAGIC = "TOPICSCP".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] END_MAGIC = "TOPICSCE".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION_AT = 8;
  private static final int HEADER_CRC_AT = 124;
  private static final int CHUNK_CRC_AT = 28;
  private static final int TRAILER_CRC_AT = 60;

  static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private CheckpointLayout() {}

  /// What a header says.
  sealed interface Header {
    record Valid(UUID storeId, long generation, LogStart start) implements Header {}

    record UnknownVersion(int version) implements Header {}

    record Unreadable() implements Header {}
  }

  /// What stands before a chunk.
  record ChunkHeader(int bytes, long number, long generation, int crc) {}

  /// What stands behind the last chunk.
  record Trailer(long generation, long chunks, long fileBytes, int chunksCrc) {}

  static void writeHeader(MemorySegment to, UUID storeId, long generation, LogStart start) {
    MemorySegment.copy(MAGIC, 0, to, ValueLayout.JAVA_BYTE, 0, MAGIC.length);
    to.set(U32, VERSION_AT, VERSION);
    to.set(U64, 16, storeId.getMostSignificantBits());
    to.set(U64, 24, storeId.getLeastSignificantBits());
    to.set(U64, 32, generation);
    to.set(U64, 40, start.lsn());
    to.set(U32, 48, start.crc());
    to.set(U32, 52, start.offset());
    to.set(U64, 56, start.sequence());
    to.set(U32, HEADER_CRC_AT, crc(to, HEADER_CRC_AT));
  }

  static Header readHeader(MemorySegment from) {
    if (!startsWith(from, MAGIC) || from.get(U32, HEADER_CRC_AT) != crc(from, HEADER_CRC_AT)) {
      return new Header.Unreadable();
    }
    int version = from.get(U32, VERSION_AT);
    if (version != VERSION) {
      return new Header.UnknownVersion(version);
    }
    if (from.get(U64, 40) < 0 || from.get(U64, 56) < 1 || from.get(U32, 52) < 0) {
      return new Header.Unreadable();
    }
    return new Header.Valid(
        new UUID(from.get(U64, 16), from.get(U64, 24)),
        from.get(U64, 32),
        new LogStart(from.get(U64, 40), from.get(U32, 48), from.get(U64, 56), from.get(U32, 52)));
  }

  static void writeChunkHeader(MemorySegment to, UUID storeId, ChunkHeader chunk) {
    to.set(U64, 0, chunk.bytes());
    to.set(U64, 8, chunk.number());
    to.set(U64, 16, chunk.generation());
    to.set(U32, 24, chunk.crc());
    to.set(U32, CHUNK_CRC_AT, crc(storeId, to, CHUNK_CRC_AT));
  }

  /// Null if these bytes are no such header.
  static @Nullable ChunkHeader readChunkHeader(MemorySegment from, UUID storeId) {
    long bytes = from.get(U64, 0);
    boolean whole = from.get(U32, CHUNK_CRC_AT) == crc(storeId, from, CHUNK_CRC_AT);
    if (!whole || bytes < 0 || bytes > CheckpointWriter.CHUNK_BYTES_MAX) {
      return null;
    }
    return new ChunkHeader((int) bytes, from.get(U64, 8), from.get(U64, 16), from.get(U32, 24));
  }

  static void writeTrailer(MemorySegment to, UUID storeId, Trailer trailer) {
    MemorySegment.copy(END_MAGIC, 0, to, ValueLayout.JAVA_BYTE, 0, END_MAGIC.length);
    to.set(U64, 8, trailer.generation());
    to.set(U64, 16, trailer.chunks());
    to.set(U64, 24, trailer.fileBytes());
    to.set(U32, 32, trailer.chunksCrc());
    to.set(U32, TRAILER_CRC_AT, crc(storeId, to, TRAILER_CRC_AT));
  }

  /// Null if these bytes are no trailer.
  static @Nullable Trailer readTrailer(MemorySegment from, UUID storeId) {
    boolean whole = from.get(U32, TRAILER_CRC_AT) == crc(storeId, from, TRAILER_CRC_AT);
    if (!startsWith(from, END_MAGIC) || !whole) {
      return null;
    }
    return new Trailer(from.get(U64, 8), from.get(U64, 16), from.get(U64, 24), from.get(U32, 32));
  }

  private static boolean startsWith(MemorySegment bytes, byte[] magic) {
    return bytes.asSlice(0, magic.length).mismatch(MemorySegment.ofArray(magic)) == -1;
  }

  static int crc(MemorySegment bytes, long length) {
    return crc(new CRC32C(), bytes, length);
  }

  /// Goes on with a checksum.
  static int crc(CRC32C crc, MemorySegment bytes, long length) {
    crc.update(bytes.asSlice(0, length).asByteBuffer());
    return (int) crc.getValue();
  }

  private static int crc(UUID storeId, MemorySegment bytes, long length) {
    CRC32C crc = new CRC32C();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment id = arena.allocate(16);
      id.set(U64, 0, storeId.getMostSignificantBits());
      id.set(U64, 8, storeId.getLeastSignificantBits());
      crc(crc, id, 16);
    }
    return crc(crc, bytes, length);
  }
}
