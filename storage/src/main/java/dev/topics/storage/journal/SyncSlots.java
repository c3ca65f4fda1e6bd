package dev.topics.storage.journal;

import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;

/// The two slots of a journal file that say how far the journal was durable, and a third one that
/// says that a sync failed.
///
/// ```
/// 32 bytes at 512 (slot A), 1024 (slot B) and 1536 (failure) of the file, little-endian
///    0  8  durable lsn
///    8  8  position of the slot (file sequence << 32 | offset) xor salt of the store
///   16  4  boot epoch of the run that wrote it
///   28  4  crc32c over bytes 0 to 28
/// ```
///
/// After each sync the older slot is overwritten. It reaches the disk with the next sync or when
/// the operating system writes the page back, so it is a lower bound: it never promises too much.
/// They lie in the file that is being synced anyway, so that they cost no sync of their own, and in
/// two sectors, so that a torn one leaves the other.
///
/// The failure slot is written when a sync failed. It needs no working disk: like all of the file
/// it lies in the page cache, and a process that dies leaves it there. After such a failure the
/// system may have thrown written pages away, so the next run must not trust the page cache.
///
/// **Threading** the flusher's thread.
final class SyncSlots {
  private static final int SLOT_BYTES = 32;
  private static final int[] OFFSETS = {512, 1024};
  private static final int FAILURE_AT = 1536;
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
    write(OFFSETS[next], durableLsn, bootEpoch);
    next = 1 - next;
  }

  /// Notes that a sync failed in the run of `bootEpoch`.
  void writeFailure(long durableLsn, int bootEpoch) {
    write(FAILURE_AT, durableLsn, bootEpoch);
  }

  /// The run in which a sync failed, 0 if there was none.
  int failedEpoch() {
    return isValid(FAILURE_AT) ? file.get(FrameHeader.U32, FAILURE_AT + EPOCH_AT) : 0;
  }

  private void write(int at, long durableLsn, int bootEpoch) {
    file.set(FrameHeader.U64, at + LSN_AT, durableLsn);
    file.set(FrameHeader.U64, at + TAG_AT, tagBase ^ at);
    file.set(FrameHeader.U32, at + EPOCH_AT, bootEpoch);
    file.set(FrameHeader.U32, at + CRC_AT, crc(at));
  }

  private long lsn(int slot) {
    int at = OFFSETS[slot];
    return isValid(at) ? file.get(FrameHeader.U64, at + LSN_AT) : 0;
  }

  private boolean isValid(int at) {
    return file.get(FrameHeader.U64, at + TAG_AT) == (tagBase ^ at)
        && file.get(FrameHeader.U32, at + CRC_AT) == crc(at);
  }

  private int crc(int at) {
    CRC32C crc = new CRC32C();
    crc.update(file.asSlice(at, CRC_AT).asByteBuffer());
    return (int) crc.getValue();
  }

  static {
    assert FAILURE_AT + SLOT_BYTES <= FileHeader.PAGE_BYTES;
  }
}
