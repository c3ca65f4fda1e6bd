package dev.topics.storage.pack;

import static dev.topics.storage.pack.PackLayout.U32;
import static dev.topics.storage.pack.PackLayout.U64;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.UUID;
import java.util.zip.CRC32C;

/// An entry of the directory: one run.
///
/// ```text
///    0  8  owner
///    8  8  first seq           16  8  last seq
///   24  8  records
///   32  8  bytes of data and meta of all records
///   40  8  bytes of all bodies
///   48  8  first ts            56  8  last ts
///   64  8  offset of the table of the chunks
///   72  4  chunks              76  4  crc32c of the table
///   80  4  crc32c over store id 16, pack id 8, index of the entry 8, and bytes 0 to 80
///   84  4  0
/// ```
record RunEntry(PackedRun run, long tableAt, int chunks, int tableCrc) {
  static final int BYTES = 88;

  private static final int CRC_AT = 80;
  private static final int PREFIX_BYTES = 32;

  long tableBytes() {
    return (long) chunks * ChunkTable.ENTRY_BYTES;
  }

  void write(MemorySegment to, long at, UUID storeId) {
    MemorySegment bytes = to.asSlice(at, BYTES);
    bytes.set(U64, 0, run.owner());
    bytes.set(U64, 8, run.firstSeq());
    bytes.set(U64, 16, run.lastSeq());
    bytes.set(U64, 24, run.count());
    bytes.set(U64, 32, run.payloadBytes());
    bytes.set(U64, 40, run.bodyBytes());
    bytes.set(U64, 48, run.firstTs());
    bytes.set(U64, 56, run.lastTs());
    bytes.set(U64, 64, tableAt);
    bytes.set(U32, 72, chunks);
    bytes.set(U32, 76, tableCrc);
    bytes.set(U32, CRC_AT, crc(bytes, storeId, run.pack(), run.index()));
    bytes.set(U32, CRC_AT + 4, 0);
  }

  /// The entry `index` of a pack; fails with [IllegalArgumentException] if it is none.
  static RunEntry read(MemorySegment bytes, UUID storeId, long pack, int index) {
    if (bytes.get(U32, CRC_AT) != crc(bytes, storeId, pack, index)
        || bytes.get(U32, CRC_AT + 4) != 0) {
      throw new IllegalArgumentException("the entry in the directory is damaged");
    }
    PackedRun run =
        new PackedRun(
            pack,
            index,
            bytes.get(U64, 0),
            bytes.get(U64, 8),
            bytes.get(U64, 16),
            bytes.get(U64, 24),
            bytes.get(U64, 32),
            bytes.get(U64, 40),
            bytes.get(U64, 48),
            bytes.get(U64, 56));
    return new RunEntry(run, bytes.get(U64, 64), bytes.get(U32, 72), bytes.get(U32, 76));
  }

  private static int crc(MemorySegment bytes, UUID storeId, long pack, int index) {
    CRC32C crc = new CRC32C();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment prefix = arena.allocate(PREFIX_BYTES);
      prefix.set(U64, 0, storeId.getMostSignificantBits());
      prefix.set(U64, 8, storeId.getLeastSignificantBits());
      prefix.set(U64, 16, pack);
      prefix.set(U64, 24, index);
      PackLayout.crc(crc, prefix, 0, PREFIX_BYTES);
    }
    return PackLayout.crc(crc, bytes, 0, CRC_AT);
  }
}
