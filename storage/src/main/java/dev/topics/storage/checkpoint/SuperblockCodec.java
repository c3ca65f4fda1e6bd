package dev.topics.storage.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;

/// The bytes of a superblock.
///
/// ```
/// 512 bytes, one sector, little-endian; unused bytes are zero
///    0  8  magic "TOPICSSB"
///    8  4  format version, 2
///   16  8  generation: the higher of two valid copies counts
///   24 16  store id
///   40  8  salt
///   48  4  boot epoch
///   52  4  flags           1 = closed cleanly
///   56 16  boot id of the kernel
///   72  8  durable lsn
///   80  8  sequence of the oldest journal file
///   88  8  lsn before its first frame
///   96  4  previous crc of its first frame
///  104 64  8 high-water marks, 8 bytes each
///  168  8  generation of the newest checkpoint, 0 = none
///  508  4  crc32c over bytes 0 to 508
/// ```
final class SuperblockCodec {
  static final int BYTES = 512;
  static final int VERSION = 2;

  private static final byte[] MAGIC = "TOPICSSB".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION_AT = 8;
  private static final int GENERATION_AT = 16;
  private static final int STORE_ID_AT = 24;
  private static final int SALT_AT = 40;
  private static final int BOOT_EPOCH_AT = 48;
  private static final int FLAGS_AT = 52;
  private static final int KERNEL_BOOT_ID_AT = 56;
  private static final int DURABLE_LSN_AT = 72;
  private static final int FIRST_SEQUENCE_AT = 80;
  private static final int START_LSN_AT = 88;
  private static final int START_CRC_AT = 96;
  private static final int MARKS_AT = 104;
  private static final int CHECKPOINT_AT = 168;
  private static final int CRC_AT = 508;
  private static final int CLEAN = 1;

  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private SuperblockCodec() {}

  /// What a copy says.
  sealed interface Reading {
    record Valid(long generation, Superblock superblock) implements Reading {}

    record UnknownVersion(int version) implements Reading {}

    record Unreadable() implements Reading {}
  }

  static void write(MemorySegment to, long generation, Superblock superblock) {
    MemorySegment.copy(MAGIC, 0, to, ValueLayout.JAVA_BYTE, 0, MAGIC.length);
    to.set(U32, VERSION_AT, VERSION);
    to.set(U64, GENERATION_AT, generation);
    writeUuid(to, STORE_ID_AT, superblock.storeId());
    to.set(U64, SALT_AT, superblock.salt());
    to.set(U32, BOOT_EPOCH_AT, superblock.bootEpoch());
    to.set(U32, FLAGS_AT, superblock.clean() ? CLEAN : 0);
    writeUuid(to, KERNEL_BOOT_ID_AT, superblock.kernelBootId());
    to.set(U64, DURABLE_LSN_AT, superblock.durableLsn());
    to.set(U64, FIRST_SEQUENCE_AT, superblock.firstSequence());
    to.set(U64, START_LSN_AT, superblock.startLsn());
    to.set(U32, START_CRC_AT, superblock.startCrc());
    for (int i = 0; i < Superblock.MARKS; i++) {
      to.set(U64, MARKS_AT + (long) i * Long.BYTES, superblock.highWaterMarks().get(i));
    }
    to.set(U64, CHECKPOINT_AT, superblock.checkpointGeneration());
    to.set(U32, CRC_AT, crc(to));
  }

  static Reading read(MemorySegment from) {
    boolean magic = from.asSlice(0, MAGIC.length).mismatch(MemorySegment.ofArray(MAGIC)) == -1;
    if (!magic || from.get(U32, CRC_AT) != crc(from)) {
      return new Reading.Unreadable();
    }
    int version = from.get(U32, VERSION_AT);
    if (version != VERSION) {
      return new Reading.UnknownVersion(version);
    }
    List<Long> marks = new ArrayList<>();
    for (int i = 0; i < Superblock.MARKS; i++) {
      marks.add(from.get(U64, MARKS_AT + (long) i * Long.BYTES));
    }
    Superblock superblock =
        new Superblock(
            readUuid(from, STORE_ID_AT),
            from.get(U64, SALT_AT),
            from.get(U32, BOOT_EPOCH_AT),
            (from.get(U32, FLAGS_AT) & CLEAN) != 0,
            readUuid(from, KERNEL_BOOT_ID_AT),
            from.get(U64, DURABLE_LSN_AT),
            from.get(U64, FIRST_SEQUENCE_AT),
            from.get(U64, START_LSN_AT),
            from.get(U32, START_CRC_AT),
            from.get(U64, CHECKPOINT_AT),
            marks);
    return new Reading.Valid(from.get(U64, GENERATION_AT), superblock);
  }

  private static void writeUuid(MemorySegment to, int at, UUID value) {
    to.set(U64, at, value.getMostSignificantBits());
    to.set(U64, at + Long.BYTES, value.getLeastSignificantBits());
  }

  private static UUID readUuid(MemorySegment from, int at) {
    return new UUID(from.get(U64, at), from.get(U64, at + Long.BYTES));
  }

  private static int crc(MemorySegment bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.asSlice(0, CRC_AT).asByteBuffer());
    return (int) crc.getValue();
  }
}
