package dev.topics.storage.pack;

import static dev.topics.storage.pack.PackLayout.U32;
import static dev.topics.storage.pack.PackLayout.U64;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/// What stands at both ends of a pack: whose it is, and where its directory is.
///
/// ```text
/// 512 bytes, one sector; unused bytes are zero
///    0  8  magic "TOPICSPK"
///    8  4  format version, 1
///   16 16  store id
///   32  8  pack id
///   40  8  bytes of the file
///   48  8  offset of the directory
///   56  8  runs
///   64  8  records
///   72  8  bytes of all bodies
///  508  4  crc32c over bytes 0 to 508
/// ```
record Seal(
    UUID storeId,
    long pack,
    long fileBytes,
    long directoryAt,
    long runs,
    long records,
    long bodyBytes) {
  static final int BYTES = 512;

  private static final byte[] MAGIC = "TOPICSPK".getBytes(StandardCharsets.US_ASCII);
  private static final int CRC_AT = 508;

  /// What bytes say that should be a seal.
  sealed interface Reading {
    record Valid(Seal seal) implements Reading {}

    record UnknownVersion(int version) implements Reading {}

    record Unreadable() implements Reading {}
  }

  void write(MemorySegment to, long at) {
    MemorySegment bytes = to.asSlice(at, BYTES).fill((byte) 0);
    MemorySegment.copy(MAGIC, 0, bytes, ValueLayout.JAVA_BYTE, 0, MAGIC.length);
    bytes.set(U32, 8, PackLayout.VERSION);
    bytes.set(U64, 16, storeId.getMostSignificantBits());
    bytes.set(U64, 24, storeId.getLeastSignificantBits());
    bytes.set(U64, 32, pack);
    bytes.set(U64, 40, fileBytes);
    bytes.set(U64, 48, directoryAt);
    bytes.set(U64, 56, runs);
    bytes.set(U64, 64, records);
    bytes.set(U64, 72, bodyBytes);
    bytes.set(U32, CRC_AT, PackLayout.crc(bytes, 0, CRC_AT));
  }

  static Reading read(MemorySegment from) {
    boolean magic = from.asSlice(0, MAGIC.length).mismatch(MemorySegment.ofArray(MAGIC)) == -1;
    if (!magic || from.get(U32, CRC_AT) != PackLayout.crc(from, 0, CRC_AT)) {
      return new Reading.Unreadable();
    }
    int version = from.get(U32, 8);
    if (version != PackLayout.VERSION) {
      return new Reading.UnknownVersion(version);
    }
    return new Reading.Valid(
        new Seal(
            new UUID(from.get(U64, 16), from.get(U64, 24)),
            from.get(U64, 32),
            from.get(U64, 40),
            from.get(U64, 48),
            from.get(U64, 56),
            from.get(U64, 64),
            from.get(U64, 72)));
  }

  /// Whether the places that it tells can be those of a file of its size.
  boolean isPlausible() {
    long room = fileBytes - BYTES - directoryAt;
    return directoryAt >= BYTES
        && room >= 0
        && room % RunEntry.BYTES == 0
        && room / RunEntry.BYTES == runs
        && runs <= Integer.MAX_VALUE;
  }
}
