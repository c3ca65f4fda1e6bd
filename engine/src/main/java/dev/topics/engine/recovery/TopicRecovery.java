package dev.topics.engine.recovery;

import dev.topics.engine.json.WriteLimits;
import dev.topics.engine.topic.Applier;
import dev.topics.engine.topic.CheckpointCodec;
import dev.topics.engine.topic.CommitLog;
import dev.topics.engine.topic.EngineTime;
import dev.topics.engine.topic.JobOperation;
import dev.topics.engine.topic.JobState;
import dev.topics.engine.topic.Operation;
import dev.topics.engine.topic.RestoredState;
import dev.topics.engine.topic.RouterState;
import dev.topics.engine.topic.Topic;
import dev.topics.engine.topic.TopicTable;
import dev.topics.engine.topic.Topics;
import dev.topics.engine.upkeep.Checkpointer;
import dev.topics.engine.upkeep.Packer;
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
import dev.topics.storage.pack.Packs;
import dev.topics.storage.pack.UnusablePackException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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

  private final TopicTable table;
  private final Applier applier;
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
    applier = new Applier(table);
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

  @Override
  public void frame(Frame frame) {
    applier.apply(frame);
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
    boolean corrupt = applier.hasUnsettledGaps();
    Topics topics = new Topics(store.journal(), packs, applier, clock, limits);
    List<Operation> operations = new ArrayList<>();
    Set<Topic> fed = corrupt ? table.fed() : Set.of();
    for (Topic topic : table.all()) {
      boolean tailLost = isTailLost(topic, store.priorShutdown());
      boolean reserving = tailLost || topic.isEphemeral();
      long reserved =
          Math.max(
              topic.reservation().through(),
              corrupt ? applier.lostEnd(topic, fed.contains(topic), reserving) : 0);
      if (reserved > topic.head()) {
        boolean lost = corrupt || tailLost;
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
    topics.commits().commitAll(operations);
    awaitDurable(store, topics.commits());
    store.settle();
    for (Topic topic : table.all()) {
      topic.publish();
      JobState jobs = topic.jobs();
      if (jobs != null) {
        jobs.recovered(seq -> topic.nextLive(seq) == seq);
      }
    }
    return topics;
  }

  /// Packs that no topic knows were written, but not installed, or replaced, but not deleted yet:
  /// those that are whole go when no checkpoint needs them any more, like all others. Copies of
  /// packs that lie elsewhere are what is left of a move. A pack that is missing does not keep the
  /// others from being served.
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
      packs.admit(pack);
      try {
        packs.check(pack);
      } catch (UnusablePackException unfinished) {
        log.debug("pack {} was never finished", pack, unfinished);
        packs.drop(pack);
      }
    }
    try {
      Set<Long> elsewhere = packs.admitted();
      for (long pack : packs.unknownCold()) {
        if (elsewhere.contains(pack)) {
          packs.deleteUnknownCold(pack);
        } else {
          packs.admitUnknownCold(pack);
        }
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
