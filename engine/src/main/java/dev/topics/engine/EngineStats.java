package dev.topics.engine;

import dev.topics.engine.model.Durability;
import dev.topics.engine.model.TopicTotals;
import dev.topics.engine.topic.Topics;
import dev.topics.storage.Store;
import dev.topics.storage.journal.JournalState;
import dev.topics.storage.journal.JournalStats;
import java.util.Map;

/// Numbers about an engine at one moment.
///
/// @param topicsByClass how many topics each durability class has
/// @param recordsLive live records in all topics, expired ones that are not yet evicted included
/// @param bytesLive their data and meta
/// @param recordsEvicted records that caps and times to live removed since the engine was opened
/// @param lastLsn the frame committed last
/// @param durableLsn the last frame that is on stable storage
public record EngineStats(
    int topics,
    Map<Durability, Integer> topicsByClass,
    int queueTopics,
    long recordsLive,
    long bytesLive,
    long recordsEvicted,
    long lastLsn,
    long durableLsn,
    JournalState journalState,
    JournalStats journal) {

  static EngineStats of(Topics topics, Store store) {
    TopicTotals totals = topics.totals();
    return new EngineStats(
        totals.topics(),
        totals.byClass(),
        totals.queues(),
        totals.records(),
        totals.bytes(),
        totals.evicted(),
        store.journal().lastLsn(),
        store.journal().durableLsn(),
        store.journal().state(),
        store.journal().stats());
  }
}
