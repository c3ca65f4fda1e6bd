package dev.topics.engine.upkeep;

import dev.topics.engine.index.AppendIndex;
import dev.topics.engine.index.SeqRanges;
import dev.topics.engine.model.InconsistentLogException;
import dev.topics.engine.record.AppendBlock;
import dev.topics.engine.record.PackedCopy;
import dev.topics.engine.topic.BlockReader;
import dev.topics.engine.topic.DamagedRecordsException;
import dev.topics.engine.topic.Installing;
import dev.topics.engine.topic.MovedRecordsException;
import dev.topics.engine.topic.PackInstall;
import dev.topics.engine.topic.Topic;
import dev.topics.engine.topic.Topics;
import dev.topics.engine.topic.View;
import dev.topics.storage.pack.PackWriter;
import dev.topics.storage.pack.PackedRun;
import java.io.Closeable;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A pack that is being written and installed: all that lies in files of the journal up to one.
///
/// **Threading** One thread. A step holds the commit lock for one topic, or for one frame of
/// moderate size, and may block on the disk without it.
final class Packing implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(Packing.class);
  private static final long STEP_BYTES = 1 << 20;

  private final Packer packer;
  private final Topics topics;
  private final BlockReader blocks;
  private final int files;
  private final long file;
  private final long room;
  private final List<Topic> rest;
  private final Installing installing;
  private @Nullable PackWriter writer;
  private @Nullable TopicPacking current;
  private int nextTopic;
  private List<PackedRun> runs = List.of();
  private boolean written;

  /// @param files how many files of the journal it takes, up to number `file`
  /// @param room how many bytes there are for it
  Packing(
      Packer packer,
      Topics topics,
      BlockReader blocks,
      int files,
      long file,
      long room,
      Collection<Topic> all) {
    this.packer = packer;
    this.topics = topics;
    this.blocks = blocks;
    this.files = files;
    this.file = file;
    this.room = room;
    installing = new Installing(topics);
    rest = Packer.byId(all);
  }

  /// How many files of the journal are packed.
  int files() {
    return files;
  }

  /// The last of them.
  long file() {
    return file;
  }

  boolean isInstalled() {
    return written && installing.isDone();
  }

  /// The runs of the pack, once it is written.
  List<PackedRun> runs() {
    return runs;
  }

  /// Whether there is no room for it, as is seen while it is written.
  boolean isTooLarge() {
    return !written && writtenBytes() > room;
  }

  /// Bytes of the pack so far.
  long writtenBytes() {
    return writer == null ? 0 : writer.bytes();
  }

  /// Returns false when there is nothing left to do, or nothing that can be done.
  boolean step() throws IOException {
    TopicPacking topic = current;
    if (topic != null) {
      if (!topic.step()) {
        current = null;
        finish(topic);
      }
      return true;
    }
    if (nextTopic < rest.size()) {
      current = begin(rest.get(nextTopic++));
      return true;
    }
    if (!written) {
      finish();
      return true;
    }
    return !installing.isDone() && installing.step();
  }

  private @Nullable TopicPacking begin(Topic topic) {
    View view = topics.committed(topic);
    if (view == null) {
      return null;
    }
    AppendIndex.Stretch stretch = view.index().stretchInJournal(view.earliest(), file);
    return stretch == null ? null : new TopicPacking(topic, view, stretch);
  }

  private PackWriter writer() throws IOException {
    PackWriter made = writer;
    if (made == null) {
      made = packer.newPack();
      writer = made;
    }
    return made;
  }

  /// What cannot be read stays where it is.
  private void finish(TopicPacking packed) {
    if (packed.isSomethingPacked()) {
      installing.add(
          packed.topic,
          new PackInstall(
              packed.topic.id(), packed.firstSeq(), packed.lastSeq(), null, packed.dead));
    }
  }

  private void finish() throws IOException {
    PackWriter made = writer;
    if (made != null) {
      runs = made.finish();
      installing.setRuns(runs);
    }
    written = true;
  }

  @Override
  public void close() throws IOException {
    blocks.packed().leave();
    PackWriter made = writer;
    if (made != null) {
      made.close();
    }
  }

  /// The records of one topic on their way into a pack: the first that follow each other and can be
  /// read. What cannot be is passed over, so that it holds nothing up that lies behind it; and what
  /// lies behind it waits for the next pack if something before it is packed now.
  private final class TopicPacking {
    private final Topic topic;
    private final View view;
    private final SeqRanges dead = new SeqRanges();
    private final PackedCopy copy = new PackedCopy();
    private AppendIndex.Stretch stretch;
    private long entry;
    private long firstPacked = AppendIndex.Snapshot.NO_ENTRY;
    private long lastPacked = AppendIndex.Snapshot.NO_ENTRY;
    private boolean begun;
    private boolean damaged;

    TopicPacking(Topic topic, View view, AppendIndex.Stretch stretch) {
      this.topic = topic;
      this.view = view;
      this.stretch = stretch;
      entry = stretch.firstEntry();
    }

    boolean isSomethingPacked() {
      return firstPacked != AppendIndex.Snapshot.NO_ENTRY;
    }

    long firstSeq() {
      return view.index().firstSeq(firstPacked);
    }

    long lastSeq() {
      return view.lastOf(lastPacked);
    }

    /// Returns false when all is done.
    boolean step() throws IOException {
      long bytes = 0;
      boolean more = true;
      while (bytes < STEP_BYTES && more) {
        try {
          bytes += pack();
          more = advance();
        } catch (DamagedRecordsException e) {
          if (e.passes()) {
            throw e;
          }
          more = passOver(e);
        } catch (InconsistentLogException e) {
          more = passOver(e);
        } catch (MovedRecordsException gone) {
          // The topic was dropped, or this was evicted: the next pack sees what is left.
          forget();
          more = false;
        } catch (IllegalStateException unmapped) {
          throw new IOException("a journal file went while its records were packed", unmapped);
        }
      }
      return more;
    }

    /// Packs an append; returns its bytes.
    private long pack() throws IOException {
      long bytes = 0;
      if (view.lastOf(entry) >= view.earliest()) {
        bytes = pack(blocks.read(topic.id(), view.index(), entry, view.index().firstSeq(entry)));
      }
      if (!isSomethingPacked()) {
        firstPacked = entry;
      }
      lastPacked = entry;
      return bytes;
    }

    private long pack(AppendBlock block) throws IOException {
      long first = Math.max(view.earliest(), block.firstSeq());
      for (int i = (int) (first - block.firstSeq()); i < block.count(); i++) {
        long seq = block.firstSeq() + i;
        if (view.deleted().contains(seq)) {
          dead.addToWindow(seq, block.payloadBytes(i));
        } else {
          add(block, i);
        }
      }
      return block.payloadBytes();
    }

    private void add(AppendBlock block, int i) throws IOException {
      if (!begun) {
        begun = true;
        writer().beginRun(topic.id());
      }
      writer().add(copy.of(block, i));
    }

    /// Goes on to the next append; as long as nothing is packed, also beyond what lies elsewhere.
    private boolean advance() {
      AppendIndex.Snapshot index = view.index();
      if (entry != stretch.lastEntry()) {
        entry = index.next(entry);
        return true;
      }
      long behind = index.next(entry);
      if (isSomethingPacked()
          || behind == AppendIndex.Snapshot.NO_ENTRY
          || index.file(behind) > file) {
        return false;
      }
      AppendIndex.Stretch next = index.stretchInJournal(index.firstSeq(behind), file);
      if (next == null) {
        return false;
      }
      stretch = next;
      entry = next.firstEntry();
      return true;
    }

    /// Ends before an append that cannot be read, or begins behind it.
    private boolean passOver(Exception cause) {
      if (!damaged) {
        damaged = true;
        log.error("topic \"{}\": some records cannot be packed", topic.name(), cause);
      }
      if (isSomethingPacked() && lastSeq() >= view.earliest()) {
        return false;
      }
      forget();
      return advance();
    }

    private void forget() {
      firstPacked = AppendIndex.Snapshot.NO_ENTRY;
      lastPacked = AppendIndex.Snapshot.NO_ENTRY;
    }
  }
}
