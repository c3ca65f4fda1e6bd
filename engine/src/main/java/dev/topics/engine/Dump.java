package dev.topics.engine;

import dev.topics.engine.model.DiffQuery;
import dev.topics.engine.model.DiffResult;
import dev.topics.engine.model.LossReason;
import dev.topics.engine.model.NodeFilter;
import dev.topics.engine.model.RecordSink;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.Tombstone;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.model.TopicState;
import dev.topics.engine.topic.TopicReader;
import dev.topics.storage.StoreRepair;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.ScratchDisk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Reads the records of a data directory that no server has open, as its readers would get them
/// after a start, and changes nothing: whatever a start or a repair would write stays in memory.
///
/// **Threading** One thread.
public final class Dump {
  private final Receiver receiver;
  private boolean damaged;

  private Dump(Receiver receiver) {
    this.receiver = receiver;
  }

  /// Hears what is found, in the order of topics and seqs.
  public interface Receiver {
    /// A record, as JSON in one line.
    void record(TopicName topic, String json) throws IOException;

    /// Records that nobody asked to remove are gone.
    void lost(TopicName topic, Tombstone tombstone);

    /// Something is damaged, in words.
    void damage(String what);

    /// Something is not as it should be, in words, but costs nothing.
    void note(String what);
  }

  /// Reads `topics`, or all if none are named; answers whether everything could be read. Takes over
  /// `disk`, and closes it in the end.
  ///
  /// @throws IOException if the data is in use, no data directory or of another version, or if a
  ///   topic is not there
  public static boolean of(Disk disk, List<TopicName> topics, Receiver receiver)
      throws IOException {
    Dump dump = new Dump(receiver);
    try (ScratchDisk scratch = ScratchDisk.over(disk)) {
      StoreRepair.Found found = StoreRepair.repair(scratch);
      found.notes().forEach(receiver::note);
      found.damage().forEach(dump::tell);
      dump.read(scratch, topics);
    }
    return !dump.damaged;
  }

  private void read(ScratchDisk scratch, List<TopicName> topics) throws IOException {
    try (Engine engine = Engine.open(scratch, Repair.options())) {
      for (TopicState state : engine.topics("", "", Integer.MAX_VALUE, false).topics()) {
        if (topics.isEmpty() || topics.contains(state.topic())) {
          read(engine, state.topic());
        }
      }
      for (TopicName topic : topics) {
        if (engine.state(topic, false) == null) {
          throw new IOException("there is no topic \"" + topic + "\"");
        }
      }
    }
  }

  private void tell(String what) {
    damaged = true;
    receiver.damage(what);
  }

  private void read(Engine engine, TopicName topic) throws IOException {
    TopicReader reader = engine.newReader();
    DiffQuery query = new DiffQuery(0, 1, NodeFilter.NONE, true, true, true, 0);
    Line line = new Line();
    boolean more = true;
    while (more) {
      line.bytes.reset();
      switch (reader.diff(topic, query, line)) {
        case DiffResult.Page page -> {
          Tombstone tombstone = page.tombstone();
          if (tombstone != null) {
            receiver.lost(topic, tombstone);
            damaged |= tombstone.reason() == LossReason.CORRUPT;
          }
          if (page.records() > 0) {
            receiver.record(topic, line.bytes.toString(StandardCharsets.UTF_8));
          }
          more = !page.caughtUp();
          query = query.from(page.nextFromSeq());
        }
        case Refusal.DataCorrupt corrupt -> {
          tell(
              "topic \"%s\": records %d to %d cannot be read"
                  .formatted(topic, corrupt.gapFrom(), corrupt.gapTo()));
          query = query.from(corrupt.gapTo());
        }
        case Refusal refusal -> throw new IOException(topic + " cannot be read: " + refusal);
      }
    }
  }

  private static final class Line implements RecordSink {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public void write(MemorySegment source, long offset, int length) {
      write(source.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE), 0, length);
    }

    @Override
    public void write(byte[] source, int offset, int length) {
      bytes.write(source, offset, length);
    }
  }
}
