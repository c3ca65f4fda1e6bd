package dev.topics.engine;

import dev.topics.engine.model.CheckpointStats;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.PackStats;
import dev.topics.engine.model.ScrubStats;
import dev.topics.engine.model.TopicTotals;
import dev.topics.engine.queue.QueueStats;
import dev.topics.engine.queue.Queues;
import dev.topics.engine.topic.Topics;
import dev.topics.storage.Store;
import dev.topics.storage.journal.JournalState;
import dev.topics.storage.journal.JournalStats;
import java.util.Map;

/// Numbers about an engine at one moment.
///
/// @param topicsByClass how many topics each durability class has
/// @param jobsInFlight about how many jobs are under a lease
/// @param recordsLive live records in all topics, expired ones that are not yet evicted included
/// @param bytesLive their data and meta
/// @param recordsEvicted records that caps and times to live removed since the engine was opened
/// @param timeFrozen whether nothing expires because the wall clock jumped
/// @param lastLsn the frame committed last
/// @param durableLsn the last frame that is on stable storage
/// @param failures how often work in the background failed because of a defect, each router's by
///   itself
public record EngineStats(
    int topics,
    Map<Durability, Integer> topicsByClass,
    int queueTopics,
    int routers,
    long jobsInFlight,
    QueueStats jobs,
    long recordsLive,
    long bytesLive,
    long recordsEvicted,
    boolean timeFrozen,
    long lastLsn,
    long durableLsn,
    JournalState journalState,
    JournalStats journal,
    PackStats packs,
    CheckpointStats checkpoints,
    ScrubStats scrub,
    long failures) {

  static EngineStats of(
      Topics topics,
      Queues queues,
      Store store,
      PackStats packs,
      CheckpointStats checkpoints,
      ScrubStats scrub,
      int routers,
      long failures) {
    TopicTotals totals = topics.totals();
    return new EngineStats(
        totals.topics(),
        totals.byClass(),
        totals.queues(),
        routers,
        totals.jobsInFlight(),
        queues.stats(),
        totals.records(),
        totals.bytes(),
        totals.evicted(),
        topics.isTimeFrozen(),
        store.journal().lastLsn(),
        store.journal().durableLsn(),
        store.journal().state(),
        store.journal().stats(),
        packs,
        checkpoints,
        scrub,
        failures);
  }
}
