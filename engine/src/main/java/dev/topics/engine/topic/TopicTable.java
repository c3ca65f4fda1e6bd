package dev.topics.engine.topic;

import dev.topics.engine.index.GrandTotals;
import dev.topics.engine.index.JournalReferences;
import dev.topics.engine.model.InconsistentLogException;
import dev.topics.engine.model.TopicConfig;
import dev.topics.engine.model.TopicName;
import dev.topics.storage.pack.PackedRun;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// All topics, by name and by id, and what concerns all of them. [Applier] changes it.
///
/// **Threading** Changes under the commit lock; [#find] and [#from] from any thread.
public final class TopicTable {
  private final ConcurrentHashMap<String, Topic> byName = new ConcurrentHashMap<>();
  private final ConcurrentSkipListMap<String, Topic> inOrder = new ConcurrentSkipListMap<>();
  private final TopicsById byId = new TopicsById();
  private final JobState.Factory jobs;
  private final GrandTotals totals = new GrandTotals();
  private final JournalReferences references = new JournalReferences();
  private final Map<Long, Topic> goneTopics = new HashMap<>();
  private final RouterState routers;
  private TopicConfig lastConfig = TopicConfig.DEFAULT;
  private long lastId;
  private long restoredLastId;
  private long restoredLsn;

  /// @param routers hears of what concerns routers
  /// @param jobs makes what queues know beyond their records
  public TopicTable(RouterState routers, JobState.Factory jobs) {
    this.routers = routers;
    this.jobs = jobs;
  }

  /// What hears of changes that concern routers.
  RouterState routers() {
    return routers;
  }

  /// Topics that take copies from routers.
  public Set<Topic> fed() {
    return routers.image().routers().stream()
        .map(RouterState.RouterImage::dest)
        .collect(Collectors.toSet());
  }

  /// Which files of the journal others refer to.
  public JournalReferences references() {
    return references;
  }

  @Nullable Topic find(String name) {
    return byName.get(name);
  }

  public @Nullable Topic find(long id) {
    return byId.get(id);
  }

  /// Notes that the operations to come are probably about `topic`, which is in the table.
  void expect(Topic topic) {
    byId.expect(topic);
  }

  /// The topics with names from `name` on, `name` itself only if `inclusive`, in their order.
  ConcurrentNavigableMap<String, Topic> from(String name, boolean inclusive) {
    return inOrder.tailMap(name, inclusive);
  }

  public Collection<Topic> all() {
    return byName.values();
  }

  public int size() {
    return byName.size();
  }

  /// What all topics together hold. Under the commit lock.
  GrandTotals totals() {
    return totals;
  }

  /// The runs in packs that topics refer to, by packs.
  public Map<Long, List<PackedRun>> packedRuns() {
    Map<Long, List<PackedRun>> runs = new TreeMap<>();
    for (Topic topic : all()) {
      View view = topic.glance();
      view.index()
          .runs(
              view.earliest(),
              run -> runs.computeIfAbsent(run.pack(), _ -> new ArrayList<>()).add(run));
    }
    return runs;
  }

  /// An id that no topic ever had.
  long nextId() {
    return lastId + 1;
  }

  /// A topic that is not in the table: what a frame that creates it will make.
  Topic newTopic(TopicName name, TopicConfig config) {
    return new Topic(nextId(), name, config, totals, jobs);
  }

  /// Whether the checkpoint that the table comes from knew the operations of frame `lsn` on that
  /// topic: because its picture was taken later, or because the topic was gone before its turn
  /// came.
  public boolean isRestored(long topicId, long lsn) {
    Topic topic = byId.get(topicId);
    return topic == null
        ? topicId <= restoredLastId && lsn <= restoredLsn
        : lsn <= topic.restoredLsn();
  }

  /// Begins with the state of a checkpoint.
  ///
  /// @param lastIdThen the last id that was given out when the checkpoint was begun
  /// @param lsn the last frame that any part of it knows
  void restored(long lastIdThen, long lsn) {
    restoredLastId = lastIdThen;
    restoredLsn = lsn;
    used(lastIdThen);
  }

  /// Puts back a topic of a checkpoint, whose state is still missing.
  Topic restore(Operation.PutTopic put, long configLsn) {
    return put(put, configLsn);
  }

  /// Takes note of an id that a topic had, be it one whose creation is lost.
  void used(long id) {
    lastId = Math.max(lastId, id);
  }

  public long lastId() {
    return lastId;
  }

  /// The topic with this id.
  ///
  /// @throws InconsistentLogException if there is none
  public Topic known(long id) {
    Topic topic = byId.get(id);
    if (topic == null) {
      throw new InconsistentLogException("an operation on topic " + id + ", which is not there");
    }
    return topic;
  }

  /// The topic with this id; one that stands in for it if it is gone.
  Topic knownOrGone(long id, TopicName name) {
    Topic topic = byId.get(id);
    return topic == null
        ? goneTopics.computeIfAbsent(
            id, _ -> new Topic(id, name, TopicConfig.DEFAULT, totals, jobs))
        : topic;
  }

  /// Creates a topic or configures it anew.
  ///
  /// @param lsn of the frame that says so
  Topic put(Operation.PutTopic put, long lsn) {
    TopicConfig config = shared(put.config());
    Topic topic = byId.get(put.topicId());
    if (topic == null) {
      topic = new Topic(put.topicId(), put.name(), config, totals, jobs);
      if (byName.putIfAbsent(put.name().value(), topic) != null) {
        throw new InconsistentLogException("topic \"" + put.name() + "\" is there twice");
      }
      byId.put(topic);
      inOrder.put(put.name().value(), topic);
      used(topic.id());
      routers.created(topic);
    }
    topic.applyConfig(config, lsn);
    return topic;
  }

  /// Most topics are configured alike: these share one object.
  private TopicConfig shared(TopicConfig config) {
    if (!config.equals(lastConfig)) {
      lastConfig = config;
    }
    return lastConfig;
  }

  void drop(Topic topic) {
    topic.applyDrop();
    routers.dropped(topic);
    byId.remove(topic.id());
    byName.remove(topic.name().value());
    inOrder.remove(topic.name().value());
  }
}
