package dev.topics.storage.journal;

import dev.topics.storage.checkpoint.Superblock;
import java.util.UUID;

/// What a journal must know from the superblock to be opened.
///
/// @param salt secret of the store, part of every file tag
/// @param bootEpoch of this run
/// @param durableLsn frames up to here were durable when the superblock was written
/// @param clean whether the run before closed the store
/// @param started whether any run before finished opening the store, so that files must be there
/// @param firstSequence the oldest file
/// @param startLsn lsn before the first frame of the oldest file
/// @param startCrc what that frame has as previous crc
public record JournalIdentity(
    UUID storeId,
    long salt,
    int bootEpoch,
    long durableLsn,
    boolean clean,
    boolean started,
    long firstSequence,
    long startLsn,
    int startCrc) {
  /// What the superblock says, for a run of epoch `bootEpoch`.
  @SuppressWarnings("exports") // for the store, which is in the same module
  public static JournalIdentity of(Superblock superblock, int bootEpoch) {
    return new JournalIdentity(
        superblock.storeId(),
        superblock.salt(),
        bootEpoch,
        superblock.durableLsn(),
        superblock.clean(),
        superblock.bootEpoch() > 0,
        superblock.firstSequence(),
        superblock.startLsn(),
        superblock.startCrc());
  }
}
