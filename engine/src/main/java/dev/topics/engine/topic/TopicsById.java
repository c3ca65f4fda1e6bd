package dev.topics.engine.topic;

import org.jspecify.annotations.Nullable;

/// Topics by their ids: an open hash table, which has no object for an entry that every append
/// would have to look at.
///
/// **Threading** Under the commit lock.
final class TopicsById {
  private static final int CAPACITY_MIN = 16;

  /// A power of two; more than half of it is free.
  private @Nullable Topic[] slots = new Topic[CAPACITY_MIN];

  private int size;

  /// One of the topics, the likeliest to be asked for: the slots of many topics are cold.
  private @Nullable Topic expected;

  @Nullable Topic get(long id) {
    Topic likely = expected;
    return likely != null && likely.id() == id ? likely : slots[slotOf(id)];
  }

  /// Notes that `topic`, which is here, will be asked for next.
  void expect(Topic topic) {
    assert slots[slotOf(topic.id())] == topic : topic.id();
    expected = topic;
  }

  /// Adds a topic, whose id none of the others has.
  void put(Topic topic) {
    if (2 * size >= slots.length) {
      grow();
    }
    int slot = slotOf(topic.id());
    assert slots[slot] == null : topic.id();
    slots[slot] = topic;
    size++;
  }

  /// Removes the topic with this id, if it is there.
  void remove(long id) {
    int free = slotOf(id);
    if (slots[free] == null) {
      return;
    }
    size--;
    slots[free] = null;
    expected = null;
    for (int slot = next(free); ; slot = next(slot)) {
      Topic topic = slots[slot];
      if (topic == null) {
        return;
      }
      // Whoever was passed on may have a place further in front now.
      slots[slot] = null;
      slots[slotOf(topic.id())] = topic;
    }
  }

  /// Where the topic with this id is, or would go.
  private int slotOf(long id) {
    int slot = ((int) ((id * 0x9E3779B97F4A7C15L) >>> 32)) & (slots.length - 1);
    for (Topic topic = slots[slot]; topic != null && topic.id() != id; topic = slots[slot]) {
      slot = next(slot);
    }
    return slot;
  }

  private int next(int slot) {
    return (slot + 1) & (slots.length - 1);
  }

  private void grow() {
    @Nullable Topic[] old = slots;
    slots = new Topic[old.length * 2];
    for (Topic topic : old) {
      if (topic != null) {
        slots[slotOf(topic.id())] = topic;
      }
    }
  }
}
