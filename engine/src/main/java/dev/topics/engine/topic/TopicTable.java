package dev.topics.engine.topic;

import dev.topics.engine.model.TopicConfig;
import dev.topics.storage.journal.Frame;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// All topics, and the one place where state changes: [#apply] turns the bytes of an operation into
/// state, in a live engine and in recovery.
///
/// **Threading** Changes under the commit lock; [#find] and [#from] from any thread.
final class TopicTable {
  private final ConcurrentHashMap<String, Topic> byName = new ConcurrentHashMap<>();
  private final ConcurrentSkipListMap<String, Topic> inOrder = new ConcurrentSkipListMap<>();
  private final Map<Long, Topic> byId = new HashMap<>();
  private final AppendBlock block = new AppendBlock();
  private final LongAdder evicted = new LongAdder();
  private long lastId;

  @Nullable Topic find(String name) {
    return byName.get(name);
  }

  /// The topics with names from `name` on, `name` itself only if `inclusive`, in their order.
  ConcurrentNavigableMap<String, Topic> from(String name, boolean inclusive) {
    return inOrder.tailMap(name, inclusive);
  }

  Collection<Topic> all() {
    return byName.values();
  }

  int size() {
    return byName.size();
  }

  /// Records that evictions removed, replayed ones included.
  long evicted() {
    return evicted.sum();
  }

  /// An id that no topic ever had.
  long nextId() {
    return lastId + 1;
  }

  /// Applies every operation of `frame`.
  void apply(Frame frame) {
    MemorySegment segment = frame.segment();
    long at = frame.payloadOffset();
    for (int i = 0; i < frame.operationCount(); i++) {
      apply(segment, at, frame.position(), frame.lsn());
      at += OperationLayout.length(segment, at);
    }
  }

  /// Applies the operation at `at`.
  ///
  /// @param position of the frame that holds it; for records in memory, `at`
  /// @param lsn of that frame, or [MemoryLog#NO_LSN]
  void apply(MemorySegment segment, long at, long position, long lsn) {
    int type = OperationLayout.type(segment, at);
    switch (type) {
      case OperationLayout.APPEND -> {
        block.wrap(segment, at);
        topic(segment, at).applyAppend(block, position, key(segment, at), lsn);
      }
      case OperationLayout.RESERVE ->
          topic(segment, at)
              .applyReserve(
                  OperationLayout.getLong(segment, at + 16),
                  OperationLayout.getLong(segment, at + 24),
                  lsn);
      case OperationLayout.EVICT -> {
        Removed removed = OperationLayout.getRemoved(segment, at + 16);
        evicted.add(removed.records());
        topic(segment, at)
            .applyEvict(
                OperationLayout.getLong(segment, at + 48),
                removed,
                StoredCode.lossReason(OperationLayout.getInt(segment, at + 56)));
      }
      case OperationLayout.DELETE ->
          topic(segment, at)
              .applyDelete(
                  Operation.Delete.ranges(segment, at),
                  OperationLayout.getRemoved(segment, at + 16));
      case OperationLayout.TOPIC_PUT -> put(Operation.PutTopic.decode(segment, at), lsn);
      case OperationLayout.TOPIC_DROP -> drop(topic(segment, at));
      default -> throw new InconsistentLogException("unknown operation " + type);
    }
  }

  private Topic topic(MemorySegment segment, long at) {
    return known(OperationLayout.topicId(segment, at));
  }

  /// The topic with this id.
  ///
  /// @throws InconsistentLogException if there is none
  Topic known(long id) {
    Topic topic = byId.get(id);
    if (topic == null) {
      throw new InconsistentLogException("an operation on topic " + id + ", which is not there");
    }
    return topic;
  }

  private static @Nullable String key(MemorySegment segment, long at) {
    int length = OperationLayout.Append.keyBytes(segment, at);
    if (length == 0) {
      return null;
    }
    byte[] bytes = new byte[length];
    MemorySegment.copy(
        segment,
        ValueLayout.JAVA_BYTE,
        OperationLayout.Append.keyOffset(segment, at),
        bytes,
        0,
        length);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private void put(Operation.PutTopic put, long lsn) {
    TopicConfig config = put.config();
    Topic topic = byId.get(put.topicId());
    if (topic == null) {
      topic = new Topic(put.topicId(), put.name(), config);
      if (byName.putIfAbsent(put.name().value(), topic) != null) {
        throw new InconsistentLogException("topic \"" + put.name() + "\" is there twice");
      }
      byId.put(topic.id(), topic);
      inOrder.put(put.name().value(), topic);
      lastId = Math.max(lastId, topic.id());
    }
    topic.applyConfig(config, lsn);
  }

  private void drop(Topic topic) {
    topic.applyDrop();
    byId.remove(topic.id());
    byName.remove(topic.name().value());
    inOrder.remove(topic.name().value());
  }
}
