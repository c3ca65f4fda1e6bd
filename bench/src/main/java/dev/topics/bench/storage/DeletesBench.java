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
/// Each topic has ten tags of that size, which go in turn.
final class DeletesBench {
  private static final int TAGS = 10;
  private static final int BATCH = 1000;
  private static final int TAGGED_OF_BATCH = 10;
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
    Histogram byTag = new Histogram(NANOS_MAX, 3);
    Histogram belowSeq = new Histogram(NANOS_MAX, 3);
    try (StorageRig rig = StorageRig.open(options)) {
      rig.body(Bodies.tagged(BATCH, TAGS, TAGGED_OF_BATCH));
      for (int i = 0; i < topics; i++) {
        rig.fill(rig.newTopic("t" + i, Durability.DISK), records, BATCH);
      }
      if (packed) {
        rig.pack();
      }
      for (int i = 0; i < topics; i++) {
        TopicName topic = new TopicName("t" + i);
        for (int tag = 0; tag < TAGS; tag++) {
          TagMatch match = new TagMatch.Exact("tag-" + tag);
          var selector = new RecordSelector(RecordSelector.ANY_SEQ, match);
          byTag.recordValue(nanos(rig, topic, selector, (long) records / BATCH * TAGGED_OF_BATCH));
        }
        long rest = (long) records / BATCH * (BATCH - TAGS * TAGGED_OF_BATCH);
        var selector = new RecordSelector(RecordSelector.ANY_SEQ, null);
        belowSeq.recordValue(nanos(rig, topic, selector, rest));
      }
    }
    String where = packed ? "packs" : "the journal";
    print("by tag, %,d of %,d in %s".formatted(records / 100, records, where), byTag);
    print("all %,d in %s below a seq".formatted(records, where), belowSeq);
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
