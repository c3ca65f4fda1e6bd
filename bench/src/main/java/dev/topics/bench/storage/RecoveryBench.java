package dev.topics.bench.storage;

import dev.topics.engine.model.Durability;
import dev.topics.engine.model.TopicName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Fills a topic, leaves as long a tail of the journal as there can be, and opens the store again
/// and again, each time in a JVM that has just started.
final class RecoveryBench {
  private static final String TOPIC = "records";
  private static final String TAIL = "tail";

  private final long records;
  private final int batch;
  private final String body;
  private final long tailBytes;
  private final int openings;

  RecoveryBench(long records, int batch, int dataBytes, long tailBytes, int openings) {
    this.records = records;
    this.batch = batch;
    body = Bodies.records(batch, dataBytes);
    this.tailBytes = tailBytes;
    this.openings = openings;
  }

  void run(StorageOptions options) throws IOException, InterruptedException {
    try (StorageRig rig = StorageRig.open(options)) {
      rig.newTopic(TOPIC, Durability.DISK);
      rig.newTopic(TAIL, Durability.FSYNC);
      rig.closeEngine();
      Memory base = OpenCommand.inAnotherJvm(rig.directory(), rig.journalFileBytes()).memory();
      rig.reopen(true);
      Memory empty = Memory.now();
      long start = System.nanoTime();
      TopicName topic = new TopicName(TOPIC);
      rig.body(body);
      rig.fill(topic, records, batch);
      double seconds = (System.nanoTime() - start) / 1e9;
      rig.settle();
      Memory loaded = Memory.now().beyond(empty);
      System.out.printf(
          Locale.ROOT,
          "%,d records written in %.1f s; heap %.2f B a record while open, %,d MB on disk%n",
          records,
          seconds,
          loaded.heapBytes() / (double) records,
          rig.bytesOnDisk() >> 20);
      rig.reopen(false);
      rig.body(body);
      long tail = leaveTail(rig);
      rig.closeEngine();
      print(rig, base, records + tail);
    }
  }

  /// Without the background no checkpoint shortens it, and nobody syncs: the topic is one whose
  /// appends wait for nothing else, and nobody waits for their answers. Returns how many records
  /// that was.
  private long leaveTail(StorageRig rig) {
    TopicName topic = new TopicName(TAIL);
    long written = 0;
    while (rig.engine().stats().journal().bytesWritten() < tailBytes) {
      var _ = rig.send(topic);
      written += batch;
    }
    return written;
  }

  private void print(StorageRig rig, Memory base, long all)
      throws IOException, InterruptedException {
    List<Double> millis = new ArrayList<>();
    Memory memory = base;
    for (int i = 0; i < openings; i++) {
      OpenCommand.Opened opened = OpenCommand.inAnotherJvm(rig.directory(), rig.journalFileBytes());
      millis.add(opened.millis());
      memory = opened.memory().beyond(base);
    }
    System.out.printf(
        Locale.ROOT,
        "%,d records, %d MB of them in the tail: opened in %.0f ms of %s; "
            + "%.2f B a record (heap %,d B, native %,d B)%n",
        all,
        tailBytes >> 20,
        millis.stream().sorted().toList().get(openings / 2),
        millis.stream().map(Math::round).toList(),
        memory.bytes() / (double) all,
        memory.heapBytes(),
        memory.nativeBytes());
  }
}
