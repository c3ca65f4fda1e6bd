package dev.topics.engine.topic;

import dev.topics.engine.json.WriteLimits;
import dev.topics.storage.PriorShutdown;
import dev.topics.storage.Restoring;
import dev.topics.storage.Store;
import dev.topics.storage.checkpoint.Checkpoints;
import dev.topics.storage.checkpoint.LogStart;
import dev.topics.storage.checkpoint.Superblock;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.RefusedException;
import dev.topics.storage.journal.Frame;
import dev.topics.storage.journal.FrameHandler;
import dev.topics.storage.journal.JournalState;
import dev.topics.storage.journal.Room;
import dev.topics.storage.journal.Urgency;
import dev.topics.storage.pack.Packs;
import dev.topics.storage.pack.UnusablePackException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Rebuilds all topics from the newest checkpoint and the log behind it: give it to the store as it
/// opens, then [#finish].
///
/// **Threading** One thread.
public final class TopicRecovery implements FrameHandler, Restoring {
  private static final Logger log = LoggerFactory.getLogger(TopicRecovery.class);
  private static final int OPERATIONS_PER_FRAME = 1000;
  private static final int FRAME_BYTES_MAX = 16 << 20;

  private final TopicTable table;
  private final Disk disk;
  private final DoubleConsumer progress;
  private Checkpointer.Done checkpoint = Checkpointer.Done.NONE;
  private long checkpointLsn;

  /// @param routers hears of what concerns routers
  /// @param jobs makes what queues know beyond their records
  /// @param progress hears, from 0 to 1, how much of the log was seen
  public TopicRecovery(
      Disk disk, RouterState routers, JobState.Factory jobs, DoubleConsumer progress) {
    this.disk = disk;
    table = new TopicTable(routers, jobs);
    this.progress = progress;
  }

  @Override
  public @Nullable LogStart restore(Superblock superblock) throws IOException {
    progress.accept(0);
    RestoredState state = RestoredState.read(disk, superblock);
    if (state == null) {
      return null;
    }
    state.unreadable().forEach(what -> log.warn("the one before is used instead: {}", what));
    CheckpointCodec.Rest rest = state.fill(table);
    checkpointLsn = rest.lastLsn();
    checkpoint =
        new Checkpointer.Done(state.generation(), state.start().sequence(), rest.oldestFile());
    return state.start();
  }

  /// What writes the checkpoints from here on.
  public Checkpointer newCheckpointer(Store store, Topics topics, Packer packer)
      throws IOException {
    Checkpoints checkpoints = Checkpoints.open(disk, store.storeId());
    return new Checkpointer(store, topics, checkpoints, checkpoint, packer);
  }

  /// What packs records from here on.
  ///
  /// @param hotRetainBytes how much of the newest packs stays where it is if there is a cold
  ///   directory
  public Packer newPacker(Store store, Packs packs, Topics topics, long hotRetainBytes) {
    return new Packer(store, packs, topics, hotRetainBytes);
  }

  @Override
  public void frame(Frame frame) {
    table.apply(frame);
  }

  @Override
  public void progress(long bytesDone, long bytesTotal) {
    progress.accept(bytesTotal == 0 ? 1 : (double) bytesDone / bytesTotal);
  }

  /// Notes in the log, durably, what the end of the run before cost: seqs above the recovered head
  /// that may have been handed out are lost where the class does not promise otherwise, and leases
  /// have ended where they are not durable.
  ///
  /// Nothing may run on `store` yet.
  public Topics finish(Store store, Packs packs, EngineTime clock, WriteLimits limits)
      throws IOException {
    if (store.journal().lastLsn() < checkpointLsn) {
      throw new RefusedException(
          "the log ends at frame %d, but a checkpoint knows frame %d"
              .formatted(store.journal().lastLsn(), checkpointLsn));
    }
    admit(packs);
    boolean corrupt = table.hasUnsettledGaps();
    Topics topics = new Topics(store.journal(), packs, table, clock, limits);
    List<Operation> operations = new ArrayList<>();
    for (Topic topic : table.all()) {
      long reserved = topic.reservation().through();
      if (reserved > topic.head()) {
        boolean lost = corrupt || isTailLost(topic, store.priorShutdown());
        long head = lost ? reserved : topic.head();
        if (head > topic.head()) {
          log.warn(
              "topic \"{}\": records {} to {} did not survive; readers get a tombstone",
              topic.name(),
              topic.head() + 1,
              head);
        }
        operations.add(new Operation.Reserve(topic.id(), head, head, corrupt));
      }
      JobState jobs = topic.jobs();
      if (jobs != null && jobs.likelyInFlight() > 0 && !topic.config().leasesDurable()) {
        operations.add(JobOperation.leasesEnded(topic.id(), clock.wallMillis()));
      }
    }
    if (corrupt) {
      operations.add(new Operation.SettleGaps());
    }
    logAll(topics.commits(), operations);
    awaitDurable(store, topics.commits());
    store.settle();
    for (Topic topic : table.all()) {
      topic.publish(topic.committed());
      JobState jobs = topic.jobs();
      if (jobs != null) {
        jobs.recovered(seq -> topic.nextLive(seq) == seq);
      }
    }
    return topics;
  }

  /// Packs that no topic knows are what a crash left: they were written, but not installed, or
  /// replaced, but not deleted; or moved to the cold directory, but not deleted where they were.
  /// One that is missing does not keep the others from being served.
  private void admit(Packs packs) throws IOException {
    for (long pack : table.packedRuns().keySet()) {
      packs.admitWhereItLies(pack);
      try {
        packs.check(pack);
      } catch (UnusablePackException unusable) {
        log.error("pack {} cannot be read: its records are not served", pack, unusable);
      }
    }
    for (long pack : packs.unknown()) {
      packs.drop(pack);
    }
    try {
      for (long pack : packs.unknownCold()) {
        packs.deleteUnknownCold(pack);
      }
    } catch (IOException e) {
      log.warn("what a crash left in the cold directory could not be deleted", e);
    }
  }

  private static boolean isTailLost(Topic topic, PriorShutdown prior) {
    return switch (prior) {
      case FIRST_START, CLEAN -> false;
      case PROCESS_CRASH -> topic.isEphemeral();
      case POWER_LOSS -> !topic.config().durable();
    };
  }

  /// Logs `operations` in frames of moderate size, with the space held back for reclaiming if need
  /// be. What follows each other of one topic comes with one frame, unless that would be huge: a
  /// crash leaves all of it or nothing.
  static void logAll(CommitLog commits, List<Operation> operations) throws IOException {
    int to;
    for (int from = 0; from < operations.size(); from = to) {
      to = endOfFrame(operations, from);
      List<Operation> frame = operations.subList(from, to);
      Room room =
          commits.locked(() -> {
            Room answer = commits.commit(frame, Urgency.RECLAIM);
            return answer == Room.NO_SPARE ? null : answer;
          });
      switch (room) {
        case OK -> {}
        case NO_SPARE, DISK_FULL ->
            throw new IOException("no space left for the log; free some and start again");
        case FAILED -> throw new IOException("the log cannot be written");
      }
    }
  }

  private static int endOfFrame(List<Operation> operations, int from) {
    int ofTopic = from;
    long bytes = 0;
    for (int i = from; i < operations.size(); i++) {
      bytes += operations.get(i).encodedBytes();
      if (i > from && !isSameTopic(operations, i)) {
        ofTopic = i;
        if (i - from >= OPERATIONS_PER_FRAME) {
          return i;
        }
      }
      if (i > from && bytes > FRAME_BYTES_MAX) {
        return ofTopic > from ? ofTopic : i;
      }
    }
    return operations.size();
  }

  /// Whether the operation before `index` is about the same topic.
  private static boolean isSameTopic(List<Operation> operations, int index) {
    return operations.get(index).topicId() == operations.get(index - 1).topicId();
  }

  /// Waits until everything in the log is durable, where no thread syncs it.
  static void awaitDurable(Store store, CommitLog commits) throws IOException {
    commits.requestSync(commits.lastLsn());
    while (commits.durableLsn() < commits.lastLsn()) {
      store.journal().flusher().step();
      if (store.journal().state() == JournalState.FAILED) {
        throw new IOException("the log cannot be synced");
      }
    }
  }
}
