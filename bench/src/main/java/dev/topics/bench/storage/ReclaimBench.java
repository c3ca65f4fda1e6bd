package dev.topics.bench.storage;

import dev.topics.engine.model.DeleteRecordsResult;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.RecordSelector;
import dev.topics.engine.model.TagMatch;
import dev.topics.engine.model.TopicName;
import java.io.IOException;
import java.util.Locale;

/// Deletes nine tenths of what is in packs, evenly spread, and watches the files get smaller.
final class ReclaimBench {
  private static final int BATCH = 1000;
  private static final int TAGGED_OF_BATCH = 900;
  private static final long LOOK_MILLIS = 250;

  /// What a journal at rest has: the file that is written, a spare, two full ones that stay, and
  /// the checkpoints beside it.
  private static final int JOURNAL_FILES = 5;

  private final long bytes;
  private final int recordBytes;
  private final int seconds;

  ReclaimBench(long bytes, int recordBytes, int seconds) {
    this.bytes = bytes;
    this.recordBytes = recordBytes;
    this.seconds = seconds;
  }

  void run(StorageOptions options) throws IOException, InterruptedException {
    try (StorageRig rig = StorageRig.open(options)) {
      TopicName topic = rig.newTopic("t", Durability.DISK);
      rig.body(Bodies.mostlyTagged(BATCH, TAGGED_OF_BATCH, "gone", recordBytes));
      long records = Math.max(BATCH, bytes / recordBytes);
      rig.fill(topic, records, BATCH);
      rig.pack();
      long before = rig.bytesOnDisk();
      long packsBefore = rig.bytesOfPacks();
      TagMatch gone = new TagMatch.Exact("gone");
      long start = System.nanoTime();
      var deleted =
          rig.engine()
              .deleteRecords(topic, new RecordSelector(RecordSelector.ANY_SEQ, gone))
              .join();
      double deleteMillis = (System.nanoTime() - start) / 1e6;
      if (!(deleted instanceof DeleteRecordsResult.Deleted answer)) {
        throw new IllegalStateException("not deleted: " + deleted);
      }
      long twiceLive = packsBefore / 5;
      long goal = twiceLive + JOURNAL_FILES * (long) rig.journalFileBytes();
      double reached = watch(rig, start, goal);
      System.out.printf(
          Locale.ROOT,
          "%,d of %,d records deleted in %.1f ms; files %,d MB, of packs %,d MB;"
              + " below 2 x live (%,d MB) and %d files of the journal after %.1f s; now %,d MB, of"
              + " packs %,d MB%n",
          answer.deleted(),
          answer.deleted() + answer.count(),
          deleteMillis,
          before >> 20,
          packsBefore >> 20,
          twiceLive >> 20,
          JOURNAL_FILES,
          reached,
          rig.bytesOnDisk() >> 20,
          rig.bytesOfPacks() >> 20);
    }
  }

  /// Seconds until all files take less than `goal`; NaN if they do not.
  private double watch(StorageRig rig, long startNanos, long goal) throws InterruptedException {
    while (rig.bytesOnDisk() > goal) {
      if (System.nanoTime() - startNanos > seconds * 1_000_000_000L) {
        return Double.NaN;
      }
      Thread.sleep(LOOK_MILLIS);
    }
    return (System.nanoTime() - startNanos) / 1e9;
  }
}
