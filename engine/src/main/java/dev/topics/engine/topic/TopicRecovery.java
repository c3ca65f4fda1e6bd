package dev.topics.engine.topic;

import dev.topics.engine.json.WriteLimits;
import dev.topics.engine.model.EngineClock;
import dev.topics.storage.PriorShutdown;
import dev.topics.storage.Store;
import dev.topics.storage.journal.Frame;
import dev.topics.storage.journal.FrameHandler;
import dev.topics.storage.journal.JournalState;
import dev.topics.storage.journal.Room;
import dev.topics.storage.journal.Urgency;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Rebuilds all topics from the log: give it to the store as it opens, then [#finish].
///
/// **Threading** One thread.
public final class TopicRecovery implements FrameHandler {
  private static final Logger log = LoggerFactory.getLogger(TopicRecovery.class);
  private static final int OPERATIONS_PER_FRAME = 1000;

  private final TopicTable table = new TopicTable();

  private final DoubleConsumer progress;

  /// A recovery that reports, from 0 to 1, how much of the log it has seen.
  public TopicRecovery(DoubleConsumer progress) {
    this.progress = progress;
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
  /// that may have been handed out are lost where the class does not promise otherwise.
  ///
  /// Nothing may run on `store` yet.
  public Topics finish(Store store, EngineClock clock, WriteLimits limits) throws IOException {
    Topics topics = new Topics(store.journal(), table, clock, limits);
    List<Operation> operations = new ArrayList<>();
    for (Topic topic : table.all()) {
      long reserved = topic.reservation().through();
      if (reserved > topic.head()) {
        long head = isTailLost(topic, store.priorShutdown()) ? reserved : topic.head();
        if (head > topic.head()) {
          log.warn(
              "topic \"{}\": records {} to {} did not survive; readers get a tombstone",
              topic.name(),
              topic.head() + 1,
              head);
        }
        operations.add(new Operation.Reserve(topic.id(), head, head));
      }
    }
    logAll(topics.commits(), operations);
    awaitDurable(store, topics.commits());
    store.settle();
    for (Topic topic : table.all()) {
      topic.publish(topic.committed());
    }
    return topics;
  }

  private static boolean isTailLost(Topic topic, PriorShutdown prior) {
    return switch (prior) {
      case FIRST_START, CLEAN -> false;
      case PROCESS_CRASH -> topic.isEphemeral();
      case POWER_LOSS -> !topic.config().durable();
    };
  }

  /// Logs `operations` in frames of moderate size, with the space held back for reclaiming if need
  /// be.
  static void logAll(CommitLog commits, List<Operation> operations) throws IOException {
    for (int from = 0; from < operations.size(); from += OPERATIONS_PER_FRAME) {
      int to = Math.min(from + OPERATIONS_PER_FRAME, operations.size());
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

  private static void awaitDurable(Store store, CommitLog commits) throws IOException {
    commits.requestSync(commits.lastLsn());
    while (commits.durableLsn() < commits.lastLsn()) {
      store.journal().flusher().step();
      if (store.journal().state() == JournalState.FAILED) {
        throw new IOException("the log cannot be synced");
      }
    }
  }
}
