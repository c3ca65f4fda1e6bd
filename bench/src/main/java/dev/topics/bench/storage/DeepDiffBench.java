package dev.topics.bench.storage;

import dev.topics.bench.engine.CopyingSink;
import dev.topics.engine.model.DiffQuery;
import dev.topics.engine.model.DiffResult;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.NodeFilter;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.topic.TopicReader;
import java.io.IOException;
import java.util.Locale;

/// Reads a topic whose records lie in packs from one end to the other, page after page, by one
/// reader; each page is copied once, as for a socket. The page cache holds the packs.
final class DeepDiffBench {
  private static final int PAGE_RECORDS = 1000;

  private final long records;
  private final int recordBytes;
  private final int rounds;

  DeepDiffBench(long records, int recordBytes, int rounds) {
    this.records = records;
    this.recordBytes = recordBytes;
    this.rounds = rounds;
  }

  void run(StorageOptions options) throws IOException, InterruptedException {
    try (StorageRig rig = StorageRig.open(options)) {
      TopicName topic = rig.newTopic("t", Durability.DISK);
      rig.body(Bodies.records(PAGE_RECORDS, recordBytes));
      rig.fill(topic, records, PAGE_RECORDS);
      rig.pack();
      CopyingSink sink = new CopyingSink(PAGE_RECORDS * (recordBytes + 100L));
      TopicReader reader = rig.engine().newReader();
      for (int i = 0; i <= rounds; i++) {
        long start = System.nanoTime();
        long read = walk(reader, topic, sink);
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
            Locale.ROOT,
            "%s %,d records of packs: %.2f M records/s%n",
            i == 0 ? "first read," : "read",
            read,
            read / 1e6 / seconds);
      }
    }
  }

  private static long walk(TopicReader reader, TopicName topic, CopyingSink sink) {
    DiffQuery query = new DiffQuery(0, PAGE_RECORDS, NodeFilter.NONE, false, true, true, 0);
    long read = 0;
    while (true) {
      sink.clear();
      if (!(reader.diff(topic, query, sink) instanceof DiffResult.Page page)) {
        throw new IllegalStateException("no page");
      }
      read += page.records();
      if (page.caughtUp()) {
        return read;
      }
      query = query.from(page.nextFromSeq());
    }
  }
}
