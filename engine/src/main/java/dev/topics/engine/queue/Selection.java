package dev.topics.engine.queue;

import dev.topics.engine.model.TopicConfig;
import dev.topics.engine.topic.Door;
import dev.topics.engine.topic.Topic;
import java.util.Arrays;

/// The jobs that are to be claimed next, and those that were delivered too often. Reused.
///
/// What it takes out of the table's order goes back with [#restore], unless it was claimed.
///
/// **Threading** Under the commit lock.
final class Selection {
  /// Most jobs that are moved to the dead letter at a time.
  static final int POISON_MAX = 100;

  private long[] seqs = new long[64];
  private long[] times = new long[64];
  private int size;
  private int[] taken = new int[64];
  private int takenSize;
  private final long[] poison = new long[POISON_MAX];
  private int poisonSize;

  int size() {
    return size;
  }

  long[] seqs() {
    return seqs;
  }

  /// The times of the records.
  long[] times() {
    return times;
  }

  /// The jobs that belong into the dead letter, ascending.
  long[] poison() {
    long[] found = Arrays.copyOf(poison, poisonSize);
    Arrays.sort(found);
    return found;
  }

  /// Selects up to `max` jobs, in the order in which they are due.
  void select(Door door, Jobs jobs, int max) {
    size = 0;
    takenSize = 0;
    poisonSize = 0;
    Topic queue = jobs.queue();
    long head = queue.visibleHead();
    long plain = jobs.nextPlain(0);
    while (size < max && poisonSize < POISON_MAX) {
      int slot = jobs.firstReady();
      if (slot != JobTable.NONE && (plain > head || precedes(door, jobs, slot, plain))) {
        take(jobs, head);
      } else if (plain <= head) {
        add(plain, door.ts(queue, plain));
        plain = jobs.nextPlain(plain + 1);
      } else {
        break;
      }
    }
  }

  private static boolean precedes(Door door, Jobs jobs, int slot, long plain) {
    JobTable table = jobs.table();
    long waits = table.waits(slot);
    long ts = door.ts(jobs.queue(), plain);
    return waits != ts ? waits < ts : table.deliveries(slot) > 0 || table.seq(slot) < plain;
  }

  private void take(Jobs jobs, long head) {
    JobTable table = jobs.table();
    int slot = jobs.takeReady();
    if (takenSize == taken.length) {
      taken = Arrays.copyOf(taken, takenSize * 2);
    }
    taken[takenSize++] = slot;
    long seq = table.seq(slot);
    if (seq > head) {
      return;
    }
    if (isPoison(jobs.queue().config(), table.deliveries(slot))) {
      poison[poisonSize++] = seq;
    } else {
      add(seq, table.waits(slot));
    }
  }

  /// Whether a job that was delivered so often goes to the dead letter instead of to a worker.
  static boolean isPoison(TopicConfig config, int deliveries) {
    return config.maxDeliveries() > 0
        && config.deadLetter() != null
        && deliveries >= config.maxDeliveries();
  }

  private void add(long seq, long time) {
    if (size == seqs.length) {
      seqs = Arrays.copyOf(seqs, size * 2);
      times = Arrays.copyOf(times, size * 2);
    }
    seqs[size] = seq;
    times[size++] = time;
  }

  /// How many of the `count` jobs from `from` on, the first ones due, have no more than `bytesMax`
  /// of payload together; at least one of them. Each is looked at only if all around are too much.
  int fitting(Door door, Topic queue, int from, int count, long bytesMax) {
    if (count == 1 || door.payloadBytes(queue) <= bytesMax) {
      return count;
    }
    long first = seqs[from];
    long last = first;
    for (int i = from + 1; i < from + count; i++) {
      first = Math.min(first, seqs[i]);
      last = Math.max(last, seqs[i]);
    }
    if (door.payloadBytes(queue, first, last) <= bytesMax) {
      return count;
    }
    long bytes = door.payloadBytes(queue, seqs[from], seqs[from]);
    int fitting = 1;
    while (fitting < count) {
      long seq = seqs[from + fitting];
      bytes += door.payloadBytes(queue, seq, seq);
      if (bytes > bytesMax) {
        break;
      }
      fitting++;
    }
    return fitting;
  }

  /// Puts the jobs from `from` to `end`, exclusive, into the order of their seqs.
  void sort(int from, int end) {
    for (int i = from + 1; i < end; i++) {
      long seq = seqs[i];
      long time = times[i];
      int at = i;
      for (; at > from && seqs[at - 1] > seq; at--) {
        seqs[at] = seqs[at - 1];
        times[at] = times[at - 1];
      }
      seqs[at] = seq;
      times[at] = time;
    }
  }

  /// Puts back what was not claimed.
  void restore(Jobs jobs) {
    JobTable table = jobs.table();
    for (int i = 0; i < takenSize; i++) {
      int slot = taken[i];
      if (table.phase(slot) == JobTable.READY && table.position(slot) == JobTable.NONE) {
        jobs.putBack(slot);
      }
    }
    takenSize = 0;
  }
}
