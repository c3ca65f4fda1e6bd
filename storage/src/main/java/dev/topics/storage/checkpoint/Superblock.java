package dev.topics.storage.checkpoint;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;

/// What a store knows about itself outside its journal.
///
/// @param salt secret of the store; part of what makes its bytes recognisable
/// @param bootEpoch of the last run, 0 if none finished opening the store
/// @param clean whether that run closed the store
/// @param kernelBootId of the operating system of that run; after a power loss, until its losses
///   are settled, of the run that was cut off
/// @param durableLsn frames up to here were durable when this was written
/// @param firstSequence the oldest file of the journal
/// @param startLsn lsn before its first frame
/// @param startCrc what its first frame has as previous crc
/// @param checkpointGeneration the newest checkpoint that may be relied on, 0 if there is none
/// @param highWaterMarks ids that were given out, by the use of the owner; [#MARKS] of them
public record Superblock(
    UUID storeId,
    long salt,
    int bootEpoch,
    boolean clean,
    UUID kernelBootId,
    long durableLsn,
    long firstSequence,
    long startLsn,
    int startCrc,
    long checkpointGeneration,
    List<Long> highWaterMarks) {
  public static final int MARKS = 8;

  public Superblock {
    if (highWaterMarks.size() != MARKS) {
      throw new IllegalArgumentException(MARKS + " marks, got " + highWaterMarks.size());
    }
    highWaterMarks = List.copyOf(highWaterMarks);
  }

  /// The superblock of a store that nobody has opened yet.
  public static Superblock initial(UUID storeId, long salt, UUID kernelBootId) {
    List<Long> marks = Collections.nCopies(MARKS, 0L);
    return new Superblock(storeId, salt, 0, false, kernelBootId, 0, 1, 0, 0, 0, marks);
  }

  /// Opened by a run of epoch `epoch`, which recovered frames up to `lsn`.
  public Superblock opened(int epoch, UUID bootId, long lsn) {
    return with(epoch, false, bootId, lsn, highWaterMarks);
  }

  /// Left by a run in which a sync failed: as if the power had been cut, whatever system runs now.
  public Superblock suspected() {
    return new Superblock(
        storeId,
        salt,
        bootEpoch,
        false,
        new UUID(0, 0),
        durableLsn,
        firstSequence,
        startLsn,
        startCrc,
        checkpointGeneration,
        highWaterMarks);
  }

  /// Closed, with everything up to `lsn` durable and nothing after it.
  public Superblock closed(long lsn) {
    return with(bootEpoch, true, kernelBootId, lsn, highWaterMarks);
  }

  /// The mark `index` is at least `value`.
  public Superblock raised(int index, long value) {
    List<Long> marks = new ArrayList<>(highWaterMarks);
    marks.set(index, Math.max(marks.get(index), value));
    return with(bootEpoch, clean, kernelBootId, durableLsn, marks);
  }

  /// The checkpoint `generation` is durable.
  public Superblock checkpointed(long generation) {
    return new Superblock(
        storeId,
        salt,
        bootEpoch,
        clean,
        kernelBootId,
        durableLsn,
        firstSequence,
        startLsn,
        startCrc,
        generation,
        highWaterMarks);
  }

  /// The journal needs no file before `sequence`, whose first frame follows `lsn` and `crc`.
  public Superblock journalStartsAt(long sequence, long lsn, int crc) {
    return new Superblock(
        storeId,
        salt,
        bootEpoch,
        clean,
        kernelBootId,
        durableLsn,
        sequence,
        lsn,
        crc,
        checkpointGeneration,
        highWaterMarks);
  }

  private Superblock with(int epoch, boolean closed, UUID bootId, long lsn, List<Long> marks) {
    return new Superblock(
        storeId,
        salt,
        epoch,
        closed,
        bootId,
        lsn,
        firstSequence,
        startLsn,
        startCrc,
        checkpointGeneration,
        marks);
  }
}
