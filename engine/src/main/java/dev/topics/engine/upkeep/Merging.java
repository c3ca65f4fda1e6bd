package dev.topics.engine.upkeep;

import dev.topics.engine.index.AppendIndex;
import dev.topics.engine.index.SeqRanges;
import dev.topics.engine.index.SeqSet;
import dev.topics.engine.topic.Installing;
import dev.topics.engine.topic.PackInstall;
import dev.topics.engine.topic.Topic;
import dev.topics.engine.topic.Topics;
import dev.topics.engine.topic.View;
import dev.topics.storage.pack.Liveness;
import dev.topics.storage.pack.PackMerge;
import dev.topics.storage.pack.PackWriter;
import dev.topics.storage.pack.PackedRun;
import dev.topics.storage.pack.Packs;
import dev.topics.storage.pack.RunReader;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A pack that takes the place of runs in older ones: what is alive of them is copied, then each
/// topic is told. A pack has one run of a topic, so only runs that follow each other directly are
/// replaced, the first such stretch; others are for the next time, if there is anything to gain.
///
/// **Threading** One thread. A step holds the commit lock for one topic at a time, or for one frame
/// of moderate size, and may block on the disk without it.
final class Merging implements Closeable {
  private static final int TOPICS_PER_STEP = 256;
  private static final long STEP_BYTES = 1 << 20;

  private final Packer packer;
  private final Packs packs;
  private final Topics topics;
  private final Wanted wanted;
  private final int runsMin;
  private final long room;
  private final List<Topic> rest;
  private final List<Part> parts = new ArrayList<>();
  private final Installing installing;
  private final RunReader reader;
  private @Nullable PackWriter writer;
  private @Nullable PackMerge merge;
  private int nextTopic;
  private int nextPart;
  private boolean copied;
  private boolean written;
  private long bytes;

  /// Tells which runs are to be replaced.
  interface Wanted {
    boolean contains(PackedRun run);
  }

  /// The runs of one topic, which follow each other, as they are in `view`.
  private record Part(Topic topic, View view, long firstSeq, long lastSeq, List<PackedRun> runs) {}

  /// @param runsMin how many runs of a topic must follow each other to be replaced
  /// @param room how many bytes there are for the new pack
  Merging(
      Packer packer,
      Packs packs,
      Topics topics,
      Wanted wanted,
      int runsMin,
      long room,
      Collection<Topic> all) {
    this.packer = packer;
    this.packs = packs;
    this.topics = topics;
    this.wanted = wanted;
    this.runsMin = runsMin;
    this.room = room;
    rest = Packer.byId(all);
    installing = new Installing(topics);
    reader = packs.newReader();
  }

  /// Bytes that were looked at or copied.
  long bytes() {
    return bytes;
  }

  /// Bytes of the new pack so far.
  long writtenBytes() {
    return writer == null ? 0 : writer.bytes();
  }

  /// Whether there is no room for it, as is seen while it is written.
  boolean isTooLarge() {
    return !written && writtenBytes() > room;
  }

  /// Whether all topics know, and some were told something.
  boolean isInstalled() {
    return written && installing.isDone() && installing.size() > 0;
  }

  /// Whether there is a new pack, be it known to topics or not.
  boolean isWritten() {
    return written;
  }

  /// Returns false when there is nothing left to do, or nothing that can be done.
  boolean step() throws IOException {
    if (nextTopic < rest.size()) {
      int end = Math.min(nextTopic + TOPICS_PER_STEP, rest.size());
      for (; nextTopic < end; nextTopic++) {
        find(rest.get(nextTopic));
      }
      return true;
    }
    if (parts.isEmpty()) {
      return false;
    }
    if (!copied) {
      copy();
      return true;
    }
    if (nextPart < parts.size()) {
      addInstall(parts.get(nextPart++));
      return true;
    }
    if (!written) {
      finish();
      return true;
    }
    return !installing.isDone() && installing.step();
  }

  private void find(Topic topic) {
    View view = topics.committed(topic);
    if (view == null) {
      return;
    }
    AppendIndex.Snapshot index = view.index();
    AppendIndex.Stretch stretch =
        index.stretchOfRuns(
            view.earliest(),
            runsMin,
            run -> run.lastSeq() >= view.earliest() && wanted.contains(run));
    if (stretch == null) {
      return;
    }
    List<PackedRun> runs = new ArrayList<>();
    for (long entry = stretch.firstEntry(); ; entry = index.next(entry)) {
      runs.add(index.knownRun(entry));
      if (entry == stretch.lastEntry()) {
        break;
      }
    }
    long firstSeq = index.firstSeq(stretch.firstEntry());
    parts.add(new Part(topic, view, firstSeq, view.lastOf(stretch.lastEntry()), runs));
  }

  private void copy() throws IOException {
    PackMerge current = merge;
    if (current == null) {
      PackWriter made = packer.newPack();
      writer = made;
      Map<Long, View> views = new HashMap<>();
      List<PackedRun> sources = new ArrayList<>();
      for (Part part : parts) {
        views.put(part.topic().id(), part.view());
        sources.addAll(part.runs());
      }
      current = new PackMerge(packs, sources, new Alive(views), made);
      merge = current;
    }
    long done = current.step(STEP_BYTES);
    bytes += done;
    copied = done == 0;
  }

  /// Adds up the bytes of the records that were deleted, but are still in the runs.
  private void addInstall(Part part) throws IOException {
    SeqSet deleted = part.view().deleted();
    SeqRanges dead = new SeqRanges();
    for (PackedRun run : part.runs()) {
      long seq = deleted.nextPresent(Math.max(part.view().earliest(), run.firstSeq()));
      while (seq <= run.lastSeq()) {
        long end = deleted.nextAbsent(seq);
        addDead(run, seq, Math.min(end - 1, run.lastSeq()), dead);
        seq = deleted.nextPresent(end);
      }
    }
    reader.leave();
    installing.add(
        part.topic(),
        new PackInstall(part.topic().id(), part.firstSeq(), part.lastSeq(), null, dead));
  }

  private void addDead(PackedRun run, long first, long last, SeqRanges dead) throws IOException {
    if (!reader.open(run)) {
      throw new IllegalStateException("pack " + run.pack() + " was dropped");
    }
    for (long i = reader.indexOf(first); i < run.count() && reader.seq(i) <= last; i++) {
      dead.addToWindow(reader.seq(i), reader.payloadBytes(i));
    }
  }

  /// What is being replaced of a topic in a pack.
  List<PackedRun> runsOf(long pack, long owner) {
    List<PackedRun> runs = new ArrayList<>();
    for (Part part : parts) {
      part.runs().stream()
          .filter(run -> run.pack() == pack && run.owner() == owner)
          .forEach(runs::add);
    }
    return runs;
  }

  private void finish() throws IOException {
    PackWriter made = writer;
    installing.setRuns(made == null ? List.of() : made.finish());
    written = true;
  }

  @Override
  public void close() throws IOException {
    reader.close();
    PackMerge current = merge;
    if (current != null) {
      current.close();
    }
    PackWriter made = writer;
    if (made != null) {
      made.close();
    }
  }

  /// What lived in the views from which the runs come.
  private record Alive(Map<Long, View> views) implements Liveness {
    @Override
    public long nextLive(long owner, long seq) {
      View view = view(owner);
      long next = view.nextLive(seq);
      return next > view.head() ? Long.MAX_VALUE : next;
    }

    @Override
    public long nextDead(long owner, long seq) {
      View view = view(owner);
      return Math.min(view.deleted().nextPresent(seq + 1), view.losses().nextGap(seq + 1));
    }

    private View view(long owner) {
      return Objects.requireNonNull(views.get(owner));
    }
  }
}
