package dev.topics.bench.storage;

import dev.topics.engine.model.DeleteRecordsResult;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.RecordSelector;
import dev.topics.engine.model.TagMatch;
import dev.topics.engine.model.TopicName;
import java.io.IOException;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/// Deletes of one record in a hundred by tag, then of all below a seq, out of topics whose records
/// lie in the journal, and of others whose records lie in packs.
///
/// Each topic has ten tags of that size, which go in turn. A topic before those that are measured
/// shows the code to the compiler. Files of the journal are large enough to hold a topic, so that
/// none is moved into packs before its turn.
final class DeletesBench {
  private static final int TAGS = 10;
  private static final int BATCH = 1000;
  private static final int TAGGED_OF_BATCH = 10;
  private static final int FRAME_BYTES_MAX = 200;
  private static final int PAGE_BYTES = 4096;
  private static final long FILE_BYTES_MAX = 1L << 30;
  private static final long NANOS_MAX = 60_000_000_000L;

  private final int records;
  private final int topics;

  DeletesBench(int records, int topics) {
    this.records = records;
    this.topics = topics;
  }

  void run(StorageOptions options) throws IOException, InterruptedException {
    measure(options, false);
    measure(options, true);
  }

  private void measure(StorageOptions options, boolean packed)
      throws IOException, InterruptedException {
    Times times = new Times();
    long topicBytes = ((long) records * FRAME_BYTES_MAX / PAGE_BYTES + 1) * PAGE_BYTES;
    int fileBytes = options.journalFileBytes();
    if (!packed) {
      fileBytes = Math.toIntExact(Math.max(fileBytes, Math.min(topicBytes, FILE_BYTES_MAX)));
    }
    try (StorageRig rig = StorageRig.open(options, fileBytes)) {
      rig.body(Bodies.tagged(BATCH, TAGS, TAGGED_OF_BATCH));
      if (packed) {
        for (int i = 0; i <= topics; i++) {
          rig.fill(rig.newTopic("t" + i, Durability.DISK), records, BATCH);
        }
        rig.pack();
      }
      for (int i = 0; i <= topics; i++) {
        if (!packed) {
          rig.fill(rig.newTopic("t" + i, Durability.DISK), records, BATCH);
        }
        delete(rig, new TopicName("t" + i), i == 0 ? new Times() : times);
      }
    }
    String where = packed ? "packs" : "the journal";
    String some = "by tag, %,d of %,d in %s".formatted(records / 100, records, where);
    print(some + ", the first of a topic", times.firstByTag);
    print(some + ", the others", times.byTag);
    print("all %,d in %s below a seq".formatted(records, where), times.belowSeq);
  }

  private void delete(StorageRig rig, TopicName topic, Times times) {
    for (int tag = 0; tag < TAGS; tag++) {
      TagMatch match = new TagMatch.Exact("tag-" + tag);
      var selector = new RecordSelector(RecordSelector.ANY_SEQ, match);
      long nanos = nanos(rig, topic, selector, (long) records / BATCH * TAGGED_OF_BATCH);
      (tag == 0 ? times.firstByTag : times.byTag).recordValue(nanos);
    }
    long rest = (long) records / BATCH * (BATCH - TAGS * TAGGED_OF_BATCH);
    var selector = new RecordSelector(RecordSelector.ANY_SEQ, null);
    times.belowSeq.recordValue(nanos(rig, topic, selector, rest));
  }

  /// What was measured.
  private static final class Times {
    final Histogram firstByTag = new Histogram(NANOS_MAX, 3);
    final Histogram byTag = new Histogram(NANOS_MAX, 3);
    final Histogram belowSeq = new Histogram(NANOS_MAX, 3);
  }

  private static long nanos(
      StorageRig rig, TopicName topic, RecordSelector selector, long expected) {
    long start = System.nanoTime();
    DeleteRecordsResult result = rig.engine().deleteRecords(topic, selector).join();
    long nanos = System.nanoTime() - start;
    if (!(result instanceof DeleteRecordsResult.Deleted gone) || gone.deleted() != expected) {
      throw new IllegalStateException("not deleted: " + result);
    }
    return nanos;
  }

  private static void print(String what, Histogram nanos) {
    System.out.printf(
        Locale.ROOT,
        "delete %s: p50 %.2f ms  p90 %.2f ms  max %.2f ms  (%d)%n",
        what,
        nanos.getValueAtPercentile(50) / 1e6,
        nanos.getValueAtPercentile(90) / 1e6,
        nanos.getMaxValue() / 1e6,
        nanos.getTotalCount());
  }
}
