package dev.topics.engine.upkeep;

import dev.topics.engine.index.SeqRanges;
import dev.topics.engine.index.StateWriter;
import dev.topics.engine.index.TagIndex;
import dev.topics.engine.model.CheckpointStats;
import dev.topics.engine.topic.CheckpointCodec;
import dev.topics.engine.topic.RouterImages;
import dev.topics.engine.topic.Sizes;
import dev.topics.engine.topic.Topic;
import dev.topics.engine.topic.TopicImage;
import dev.topics.engine.topic.Topics;
import dev.topics.storage.Store;
import dev.topics.storage.checkpoint.CheckpointWriter;
import dev.topics.storage.checkpoint.Checkpoints;
import dev.topics.storage.checkpoint.LogStart;
import dev.topics.storage.journal.JournalState;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes checkpoints, one for every file that the journal fills, while everybody else goes on, and
/// frees the journal files in which nothing lives any more. [CheckpointCodec] draws what is
/// written.
///
/// Each topic is captured under the commit lock by itself, together with the last frame that it
/// knows; the replay skips what a topic knows already. A checkpoint gets its name once all frames
/// that it knows are durable, and counts once the superblock tells of it. It needs the journal from
/// the oldest file on that holds a live record; what neither of the last two needs is freed.
///
/// **Threading** One thread at a time. A step holds the commit lock for one topic, and may block on
/// the disk without it.
public final class Checkpointer extends Chore {
  private static final Logger log = LoggerFactory.getLogger(Checkpointer.class);

  /// How long after a checkpoint another one may follow that only frees files.
  private static final long PAUSE_NANOS = 5_000_000_000L;

  /// The same for one that only lets packs be deleted: some are replaced every few seconds while
  /// packs are merged.
  private static final long PACKS_PAUSE_NANOS = 15_000_000_000L;

  private final Store store;
  private final Topics topics;
  private final Checkpoints checkpoints;
  private final Sizes sizes;
  private final Packer packer;
  private Done last;
  private @Nullable Making making;
  private long lastStartLsn;
  private long olderOldestFile;
  private long packedFile;
  private long finishedNanos;
  private volatile CheckpointStats stats = new CheckpointStats(0, 0);

  /// A checkpoint that counts.
  ///
  /// @param generation 0 if there is none yet
  /// @param sequence of the journal file where the log goes on behind it
  /// @param oldestFile the first journal file that it needs
  public record Done(long generation, long sequence, long oldestFile) {
    public static final Done NONE = new Done(0, 0, 0);
  }

  public Checkpointer(
      Store store, Topics topics, Checkpoints checkpoints, Done last, Packer packer) {
    super(topics.clock(), "no checkpoint could be written");
    this.store = store;
    this.topics = topics;
    this.checkpoints = checkpoints;
    this.last = last;
    this.packer = packer;
    sizes = topics.newSizes();
    finishedNanos = topics.clock().nanos();
  }

  /// What was done so far.
  public CheckpointStats stats() {
    return stats;
  }

  @Override
  int work() throws IOException {
    Making current = making;
    if (current != null) {
      return step(current);
    }
    if (!isDue()) {
      return 0;
    }
    making = begin();
    return 1;
  }

  private boolean isDue() {
    if (topics.commits().isFailed()) {
      return false;
    }
    var sealed = store.journal().sealedFiles();
    return mayFreeAFullDisk()
        || mayFreeWhatIsPacked()
        || arePacksWaiting()
        || (!sealed.isEmpty() && sealed.getLast().sequence() >= last.sequence());
  }

  /// Whether records went into packs since the last checkpoint began, or only the one before it
  /// needs their files: where nobody writes any more, nothing else would ever free these.
  private boolean mayFreeWhatIsPacked() {
    boolean isHeldByOlder = lastStartLsn > 0 && olderOldestFile < last.oldestFile();
    return (isHeldByOlder || packer.packedFile() > packedFile)
        && topics.clock().nanos() - finishedNanos > PAUSE_NANOS;
  }

  /// Whether packs that were replaced wait for a checkpoint that knows it.
  private boolean arePacksWaiting() {
    return packer.retired().awaitedLsn() > lastStartLsn
        && topics.clock().nanos() - finishedNanos > PACKS_PAUSE_NANOS;
  }

  /// Whether the disk is full, and another checkpoint may free files: because something was logged
  /// since the last one, or because the one before it needs more files.
  private boolean mayFreeAFullDisk() {
    boolean mayFree =
        store.journal().lastLsn() > lastStartLsn || olderOldestFile < last.oldestFile();
    return store.journal().state() == JournalState.DISK_FULL && mayFree;
  }

  private Making begin() throws IOException {
    packedFile = packer.packedFile();
    LogStart[] start = new LogStart[1];
    RouterImages[] routers = new RouterImages[1];
    long lastId =
        topics
            .commits()
            .locked(() -> {
              start[0] = store.journal().endOfLog();
              routers[0] = new RouterImages(topics.table());
              return topics.table().lastId();
            });
    CheckpointWriter file = checkpoints.begin(last.generation() + 1, start[0]);
    try {
      return new Making(file, start[0], routers[0], lastId);
    } catch (IOException | RuntimeException | Error e) {
      file.closeAfter(e);
      throw e;
    }
  }

  private int step(Making current) throws IOException {
    if (topics.commits().isFailed()) {
      close();
      return 0;
    }
    if (!current.isWritten()) {
      current.step();
      return 1;
    }
    if (!topics.commits().isVisible(current.lastLsn)) {
      topics.commits().requestSync(current.lastLsn);
      return 0;
    }
    finish(current);
    return 1;
  }

  private void finish(Making current) throws IOException {
    Done done = new Done(last.generation() + 1, current.start.sequence(), current.oldestFile);
    try (CheckpointWriter file = current.file) {
      file.finish();
      stats = new CheckpointStats(stats.written() + 1, stats.bytesWritten() + file.bytes());
    }
    store.changeSuperblock(superblock -> superblock.checkpointed(done.generation()));
    making = null;
    sizes.blocks().packed().leave();
    Done before = last;
    last = done;
    lastStartLsn = current.start.lsn();
    packer.retired().checkpointed(lastStartLsn);
    finishedNanos = topics.clock().nanos();
    olderOldestFile = before.oldestFile();
    checkpoints.deleteBelow(before.generation());
    long oldest = Math.min(before.oldestFile(), done.oldestFile());
    store.releaseBelow(oldest);
    topics
        .commits()
        .locked(() -> {
          topics.table().references().forgetBelow(oldest);
          return true;
        });
  }

  @Override
  public void close() {
    sizes.blocks().packed().leave();
    Making current = making;
    making = null;
    if (current != null) {
      try {
        current.file.close();
      } catch (IOException e) {
        log.warn("an unfinished checkpoint could not be removed; the next start does it", e);
      }
    }
  }

  /// A checkpoint that is being written.
  private final class Making {
    private final CheckpointWriter file;
    private final LogStart start;
    private final RouterImages routers;
    private final CheckpointCodec.Encoder encoder;
    private final Queue<Topic> rest = new ArrayDeque<>();
    private @Nullable TagWalk tags;
    private long lastLsn;
    private long oldestFile;
    private boolean ended;

    /// Topics that came meanwhile are left out: the replay makes them, and the lanes of the routers
    /// that take from them, from their first frame on.
    Making(CheckpointWriter file, LogStart start, RouterImages routers, long lastId)
        throws IOException {
      this.file = file;
      this.start = start;
      this.routers = routers;
      encoder = new CheckpointCodec.Encoder(new StateWriter(file::add), lastId);
      for (Topic topic : topics.table().all()) {
        if (topic.id() <= lastId) {
          rest.add(topic);
        }
      }
      oldestFile = start.sequence();
    }

    boolean isWritten() {
      return ended;
    }

    void step() throws IOException {
      TagWalk walk = tags;
      if (walk != null) {
        tags = walk.step(encoder) ? walk : null;
        return;
      }
      Topic topic = rest.poll();
      if (topic == null) {
        long oldestAlive = oldestFile;
        oldestFile =
            topics
                .commits()
                .locked(() -> {
                  // Frames that dropped topics or tags before their turn count too: their state is
                  // not there to apply those to.
                  lastLsn = topics.commits().lastLsn();
                  return topics.table().references().oldestNeeded(oldestAlive);
                });
        encoder.end(routers, lastLsn, oldestFile);
        ended = true;
        return;
      }
      TopicImage[] image = new TopicImage[1];
      boolean there =
          topics
              .commits()
              .locked(() -> {
                if (topic.isDropped()) {
                  return false;
                }
                image[0] = new TopicImage(topic, topics.commits().lastLsn());
                return true;
              });
      if (there) {
        oldestFile = Math.min(oldestFile, image[0].oldestFile());
        encoder.topic(image[0], sizes);
        TagIndex index = image[0].tags();
        tags = index == null ? null : new TagWalk(index, image[0]);
      }
    }
  }

  /// Goes through the tags of a topic, some under each hold of the commit lock.
  private final class TagWalk {
    private final TagIndex index;
    private final TopicImage image;
    private final SeqRanges memory;
    private TagIndex.@Nullable Place last;

    TagWalk(TagIndex index, TopicImage image) {
      this.index = index;
      this.image = image;
      memory = image.inMemory();
    }

    /// Returns false after the last tag.
    boolean step(CheckpointCodec.Encoder encoder) throws IOException {
      TagIndex.Slice slice = topics.commits().locked(() -> index.slice(last));
      encoder.tags(slice, image, memory);
      last = slice.last();
      return last != null;
    }
  }
}
