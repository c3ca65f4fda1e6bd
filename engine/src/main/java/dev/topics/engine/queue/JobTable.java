package dev.topics.engine.queue;

/// The jobs of a queue that are more than a live record: leased, delayed, delivered before, of an
/// order key or a priority. Each has a slot, which is its own until it is removed, and takes 5 to
/// 11 bytes more to be found by its seq.
///
/// **Threading** Under the commit lock.
final class JobTable extends JobSlots {
  private static final int BUCKETS_MIN = 16;

  private int firstFree = NONE;
  private int size;
  private int[] buckets = new int[BUCKETS_MIN];

  int size() {
    return size;
  }

  /// The slot of the job `seq`, or [#NONE].
  int find(long seq) {
    int mask = buckets.length - 1;
    for (int i = hash(seq) & mask; buckets[i] != 0; i = (i + 1) & mask) {
      if (seq(buckets[i] - 1) == seq) {
        return buckets[i] - 1;
      }
    }
    return NONE;
  }

  private static int hash(long seq) {
    long mixed = seq * 0x9E3779B97F4A7C15L;
    return (int) (mixed >>> 32);
  }

  /// Adds a job that is not there; returns its slot.
  int add(long seq) {
    size++;
    if (size * 4L > buckets.length * 3L) {
      grow();
    }
    int slot = freeSlot();
    take(slot, seq);
    enter(slot, seq);
    return slot;
  }

  private int freeSlot() {
    if (firstFree == NONE) {
      return newSlot();
    }
    int slot = firstFree;
    firstFree = nextFree(slot);
    return slot;
  }

  private void grow() {
    buckets = new int[buckets.length * 2];
    for (int slot = 0; slot < endSlot(); slot++) {
      if (isUsed(slot)) {
        enter(slot, seq(slot));
      }
    }
  }

  private void enter(int slot, long seq) {
    int mask = buckets.length - 1;
    int i = hash(seq) & mask;
    while (buckets[i] != 0) {
      i = (i + 1) & mask;
    }
    buckets[i] = slot + 1;
  }

  void remove(int slot) {
    leaveBuckets(seq(slot));
    free(slot, firstFree);
    firstFree = slot;
    size--;
    if (size == 0) {
      clear();
      firstFree = NONE;
      buckets = buckets.length == BUCKETS_MIN ? buckets : new int[BUCKETS_MIN];
    }
  }

  /// Closes the hole that `seq` leaves, so that what was found behind it still is.
  private void leaveBuckets(long seq) {
    int mask = buckets.length - 1;
    int hole = hash(seq) & mask;
    while (seq(buckets[hole] - 1) != seq) {
      hole = (hole + 1) & mask;
    }
    int next = hole;
    while (true) {
      buckets[hole] = 0;
      do {
        next = (next + 1) & mask;
        if (buckets[next] == 0) {
          return;
        }
      } while (((next - hash(seq(buckets[next] - 1))) & mask) < ((next - hole) & mask));
      buckets[hole] = buckets[next];
      hole = next;
    }
  }
}
