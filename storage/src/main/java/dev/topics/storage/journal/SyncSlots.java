package dev.topics.storage.journal;

import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;

/// The two slots of a journal file that say how far the journal was durable.
///
/// ```
/// 32 bytes at 512 (slot A) and 1024 (slot B) of the file, little-endian
///    0  8  durable lsn
///    8  8  position of the slot (file sequence << 32 | offset) xor salt of the store
///   16  4  boot epoch of the run that wrote it
///   28  4  crc32c over bytes 0 to 28
/// ```
/// After each sync the older slot is overwritten. It reaches the disk with the next sync or when
/// the operating system writes the page back, so it is a lower bound: it never promises too much.
/// They lie in the file that is being synced anyway, so that they cost no sync of their own, and in
/// two sectors, so that a torn one leaves the other.
///
/// **Threading** the flusher's thread.
final class SyncSlots {
  private static final int SLOT_BYTES = 32;
  private static final int[] OFFSETS = {512, 1024};
  private static final int LSN_AT = 0;
  private static final int TAG_AT = 8;
  private static final int EPOCH_AT = 16;
  private static final int CRC_AT = 28;

  private final MemorySegment file;
  private final long tagBase;
  private int next;

  /// @param tagBase position of the file xor salt: xor an offset it is the tag of that place
  SyncSlots(MemorySegment file, long tagBase) {
    this.file = file;
    this.tagBase = tagBase;
    this.next = lsn(0) <= lsn(1) ? 0 : 1;
  }

  /// The highest durable lsn in a valid slot, 0 if there is none.
  long durableLsn() {
    return Math.max(lsn(0), lsn(1));
  }

  void write(long durableLsn, int bootEpoch) {
    int at = OFFSETS[next];
    file.set(FrameHeader.U64, at + LSN_AT, durableLsn);
    file.set(FrameHeader.U64, at + TAG_AT, tagBase ^ at);
    file.set(FrameHeader.U32, at + EPOCH_AT, bootEpoch);
    file.set(FrameHeader.U32, at + CRC_AT, crc(at));
    next = 1 - next;
  }

  private long lsn(int slot) {
    int at = OFFSETS[slot];
    boolean valid =
        file.get(FrameHeader.U64, at + TAG_AT) == (tagBase ^ at)
            && file.get(FrameHeader.U32, at + CRC_AT) == crc(at);
    return valid ? file.get(FrameHeader.U64, at + LSN_AT) : 0;
  }

  private int crc(int at) {
    CRC32C crc = new CRC32C();
    crc.update(file.asSlice(at, CRC_AT).asByteBuffer());
    return (int) crc.getValue();
  }

  static {
    assert OFFSETS[1] + SLOT_BYTES <= FileHeader.PAGE_BYTES;
  }
}
