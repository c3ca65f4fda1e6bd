package dev.topics.engine.topic;

import dev.topics.engine.index.AppendIndex;
import dev.topics.engine.index.IdempotencyWindow;
import dev.topics.engine.index.Losses;
import dev.topics.engine.index.SeqRanges;
import dev.topics.engine.index.SeqSet;
import dev.topics.engine.index.StateReader;
import dev.topics.engine.index.StateWriter;
import dev.topics.engine.index.TagIndex;
import dev.topics.engine.model.LossReason;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a checkpoint holds of one topic, but for its tags: a picture that is taken under the commit
/// lock and encoded without it.
///
/// It is what a replay of the log up to [#lsn] would make of the topic. So records that live in
/// memory only are in it as a gap, like after a restart.
///
/// ```text
/// TOPIC_PUT, as logged; lsn 8; lsn of the configuration 8
/// head 8; earliest 8; time of the last append 8; live records 8; their bytes 8
/// last reserved seq 8; lsn of the reservation 8
/// losses, see Losses; deleted, see SeqSet; appends, see AppendIndex
/// keys 4; each: key, first seq 8, count 4, ts 8
/// only of a queue: what it knows of its jobs, see JobState
/// ```
public final class TopicImage {
  private final Topic topic;
  private final View view;
  private final long lsn;
  private final long configLsn;
  private final long reservedThrough;
  private final long reservationLsn;
  private final IdempotencyWindow.Remembered[] keys;
  private final JobState.@Nullable Image jobs;
  private final @Nullable TagIndex tags;

  /// Takes a picture of `topic` when everything up to `lsn` is applied.
  public TopicImage(Topic topic, long lsn) {
    this.topic = topic;
    this.lsn = lsn;
    view = topic.glance();
    configLsn = topic.configLsn();
    reservedThrough = topic.reservation().through();
    reservationLsn = topic.reservation().lsn();
    IdempotencyWindow window = topic.keys();
    keys = window == null ? new IdempotencyWindow.Remembered[0] : window.oldestFirst();
    JobState state = topic.jobs();
    jobs = state == null ? null : state.image();
    tags = topic.tags();
  }

  /// The oldest journal file with a live record of the topic; `Long.MAX_VALUE` if there is none.
  public long oldestFile() {
    return view.count() == view.memoryCount()
        ? Long.MAX_VALUE
        : view.index().oldestFile(view.earliest());
  }

  /// The tags of the topic, which may have changed since; null if it had none.
  public @Nullable TagIndex tags() {
    return tags;
  }

  /// The seqs of records that live in memory only, or did.
  public SeqRanges inMemory() {
    return view.losses().outsideGaps(view.index().memoryFrom(view.earliest(), view.head()), 0);
  }

  /// Whether the record lives in the picture, so that its tag belongs to it.
  boolean holds(long seq, SeqRanges memory) {
    return view.nextLive(seq) == seq && seq <= view.head() && !memory.contains(seq);
  }

  void encode(StateWriter out, Sizes sizes) throws IOException {
    Operation.PutTopic put = new Operation.PutTopic(topic.id(), topic.name(), view.config());
    byte[] config = new byte[put.encodedBytes()];
    put.encode(MemorySegment.ofArray(config), 0);
    out.putBytes(config);
    out.putLong(lsn);
    out.putLong(configLsn);
    out.putLong(view.head());
    out.putLong(view.earliest());
    out.putLong(view.lastTs());
    out.putLong(view.count() - view.memoryCount());
    out.putLong(view.bytes() - view.memoryBytes());
    out.putLong(reservedThrough);
    out.putLong(reservationLsn);
    SeqRanges memory = inMemory();
    Losses losses = view.losses();
    SeqSet deleted = view.deleted();
    if (memory.size() > 0) {
      losses = losses.withGaps(memory, LossReason.RESTART);
      for (int i = 0; i < memory.size(); i++) {
        deleted = deleted.without(memory.first(i), memory.last(i), sizes.of(topic.id(), view));
      }
    }
    losses.encode(out);
    deleted.encode(out);
    view.index().encode(out, view.earliest());
    encodeKeys(out, memory);
    if (jobs != null) {
      out.putBytes(jobs.encode());
    }
  }

  private void encodeKeys(StateWriter out, SeqRanges memory) throws IOException {
    List<IdempotencyWindow.Remembered> logged = new ArrayList<>();
    for (IdempotencyWindow.Remembered key : keys) {
      if (!memory.contains(key.firstSeq())) {
        logged.add(key);
      }
    }
    out.putInt(logged.size());
    for (IdempotencyWindow.Remembered key : logged) {
      out.putText(key.key());
      out.putLong(key.firstSeq());
      out.putInt(key.count());
      out.putLong(key.ts());
    }
  }

  /// Adds the next topic of `in` to `table`.
  static Topic decode(StateReader in, TopicTable table) {
    Operation.PutTopic put = Operation.PutTopic.decode(MemorySegment.ofArray(in.getBytes()), 0);
    long lsn = in.getLong();
    long configLsn = in.getLong();
    long head = in.getLong();
    long earliest = in.getLong();
    long lastTs = in.getLong();
    long count = in.getLong();
    long bytes = in.getLong();
    long reservedThrough = in.getLong();
    long reservationLsn = in.getLong();
    Losses losses = Losses.decode(in);
    SeqSet deleted = SeqSet.decode(in);
    AppendIndex index = AppendIndex.decode(in);
    IdempotencyWindow keys = decodeKeys(in);
    Topic topic = table.restore(put, configLsn);
    topic.reservation().apply(reservedThrough, reservationLsn);
    View view =
        new View(
            put.config(),
            head,
            earliest,
            losses,
            deleted,
            count,
            bytes,
            0,
            0,
            lastTs,
            index.snapshot(),
            0);
    topic.restore(view, index, keys, lsn);
    JobState jobs = topic.jobs();
    if (jobs != null) {
      byte[] image = in.getBytes();
      jobs.decode(MemorySegment.ofArray(image), 0, image.length);
    }
    return topic;
  }

  private static @Nullable IdempotencyWindow decodeKeys(StateReader in) {
    int count = in.getInt();
    if (count == 0) {
      return null;
    }
    IdempotencyWindow keys = new IdempotencyWindow();
    for (int i = 0; i < count; i++) {
      keys.remember(
          new IdempotencyWindow.Remembered(in.getText(), in.getLong(), in.getInt(), in.getLong()));
    }
    return keys;
  }
}
