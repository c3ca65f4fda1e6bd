package dev.topics.storage.journal;

import dev.topics.storage.checkpoint.LogStart;
import dev.topics.storage.checkpoint.Superblock;
import java.util.UUID;

/// What a journal must know from outside to be opened.
///
/// @param salt secret of the store, part of every file tag
/// @param bootEpoch of this run
/// @param durableLsn frames up to here were durable when the superblock was written
/// @param clean whether the run before closed the store
/// @param started whether any run before finished opening the store, so that files must be there
/// @param oldest the beginning of the oldest file that must be there
/// @param start where the replay starts: `oldest` or behind it
public record JournalIdentity(
    UUID storeId,
    long salt,
    int bootEpoch,
    long durableLsn,
    boolean clean,
    boolean started,
    LogStart oldest,
    LogStart start) {
  /// What the superblock says, for a run of epoch `bootEpoch` that replays all that is there.
  public static JournalIdentity of(Superblock superblock, int bootEpoch) {
    LogStart oldest =
        new LogStart(
            superblock.startLsn(),
            superblock.startCrc(),
            superblock.firstSequence(),
            FileHeader.PAGE_BYTES);
    return new JournalIdentity(
        superblock.storeId(),
        superblock.salt(),
        bootEpoch,
        superblock.durableLsn(),
        superblock.clean(),
        superblock.bootEpoch() > 0,
        oldest,
        oldest);
  }

  /// The same, replayed from `place`. The log was durable up to there.
  public JournalIdentity startingAt(LogStart place) {
    return new JournalIdentity(
        storeId, salt, bootEpoch, Math.max(durableLsn, place.lsn()), clean, started, oldest, place);
  }

  /// The oldest file that must be there.
  long firstSequence() {
    return oldest.sequence();
  }
}
