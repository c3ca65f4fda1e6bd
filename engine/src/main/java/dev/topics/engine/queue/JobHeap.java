package dev.topics.engine.queue;

import java.util.Arrays;

/// A binary heap of slots of a [JobTable], each of which knows its place, so that any can leave. A
/// slot is in one heap at most.
final class JobHeap {
  /// Says which of two slots comes first.
  @FunctionalInterface
  interface Order {
    boolean before(int slot, int other);
  }

  private final JobTable jobs;
  private final Order order;
  private int[] slots = new int[4];
  private int size;

  JobHeap(JobTable jobs, Order order) {
    this.jobs = jobs;
    this.order = order;
  }

  int size() {
    return size;
  }

  /// The first slot, or [JobTable#NONE].
  int first() {
    return size == 0 ? JobTable.NONE : slots[0];
  }

  void add(int slot) {
    if (size == slots.length) {
      slots = Arrays.copyOf(slots, size + Math.max(4, size / 4));
    }
    size++;
    up(size - 1, slot);
  }

  int removeFirst() {
    int slot = slots[0];
    remove(slot);
    return slot;
  }

  void remove(int slot) {
    int at = jobs.position(slot);
    jobs.position(slot, JobTable.NONE);
    size--;
    int last = slots[size];
    if (last != slot) {
      put(at, last);
      moved(last);
    }
  }

  /// Puts `slot` right after what the order looks at has changed.
  void moved(int slot) {
    int at = jobs.position(slot);
    up(at, slot);
    if (jobs.position(slot) == at) {
      down(at, slot);
    }
  }

  private void up(int from, int slot) {
    int at = from;
    while (at > 0) {
      int parent = (at - 1) >>> 1;
      if (!order.before(slot, slots[parent])) {
        break;
      }
      put(at, slots[parent]);
      at = parent;
    }
    put(at, slot);
  }

  private void down(int from, int slot) {
    int at = from;
    while (2 * at + 1 < size) {
      int child = 2 * at + 1;
      if (child + 1 < size && order.before(slots[child + 1], slots[child])) {
        child++;
      }
      if (!order.before(slots[child], slot)) {
        break;
      }
      put(at, slots[child]);
      at = child;
    }
    put(at, slot);
  }

  private void put(int at, int slot) {
    slots[at] = slot;
    jobs.position(slot, at);
  }
}
