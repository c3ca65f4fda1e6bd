package dev.topics.engine.queue;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Slots for jobs, in primitive columns of pages: 46 bytes for each. What few jobs have, an order
/// key and an error, is a column only of the pages where some job has it.
///
/// [#frozen] is a picture of all of it that costs nothing at first: pages are shared, and copied
/// when they are changed for the first time after that.
///
/// **Threading** Under the commit lock; a picture may be read by any thread that was handed it.
class JobSlots {
  /// No slot, no holder, no place.
  static final int NONE = -1;

  /// What a job is doing.
  static final byte LEASED = 1;

  static final byte DELAYED = 2;
  static final byte READY = 3;
  static final byte BLOCKED = 4;
  static final byte STUCK = 5;

  private static final int PAGE_BITS = 10;
  private static final int PAGE_SLOTS = 1 << PAGE_BITS;
  private static final int SLOTS_MIN = 8;
  private static final long FREE = -1;

  /// Consecutive slots. `times` is when a lease or a delay is over, in steady milliseconds; `waits`
  /// says since when the job waits, its priority counted in; `positions` is where it is in a heap.
  /// A page of an older `picture` than the current one belongs to a picture as well.
  private static final class Page {
    final int picture;
    final long[] seqs;
    final long[] times;
    final long[] waits;
    final long[] tokens;
    final int[] holders;
    final int[] deliveries;
    final int[] positions;
    final byte[] phases;
    final byte[] priorities;
    OrderKeys.@Nullable Line @Nullable [] lines;
    byte @Nullable [] @Nullable [] errors;

    Page(int picture, int slots) {
      this.picture = picture;
      seqs = new long[slots];
      times = new long[slots];
      waits = new long[slots];
      tokens = new long[slots];
      holders = new int[slots];
      deliveries = new int[slots];
      positions = new int[slots];
      phases = new byte[slots];
      priorities = new byte[slots];
    }

    Page(Page from, int picture, int slots) {
      this.picture = picture;
      seqs = Arrays.copyOf(from.seqs, slots);
      times = Arrays.copyOf(from.times, slots);
      waits = Arrays.copyOf(from.waits, slots);
      tokens = Arrays.copyOf(from.tokens, slots);
      holders = Arrays.copyOf(from.holders, slots);
      deliveries = Arrays.copyOf(from.deliveries, slots);
      positions = Arrays.copyOf(from.positions, slots);
      phases = Arrays.copyOf(from.phases, slots);
      priorities = Arrays.copyOf(from.priorities, slots);
      lines = from.lines == null ? null : Arrays.copyOf(from.lines, slots);
      errors = from.errors == null ? null : Arrays.copyOf(from.errors, slots);
    }

    int slots() {
      return seqs.length;
    }
  }

  private Page[] pages;
  private int end;
  private int picture;

  JobSlots() {
    pages = new Page[] {new Page(0, SLOTS_MIN)};
  }

  private JobSlots(JobSlots from) {
    pages = from.pages.clone();
    end = from.end;
  }

  /// Everything as it is now, to be read only.
  final JobSlots frozen() {
    picture++;
    return new JobSlots(this);
  }

  /// One more than the last slot that was ever used.
  final int endSlot() {
    return end;
  }

  final boolean isUsed(int slot) {
    return seq(slot) != FREE;
  }

  /// One more slot, which was never used.
  final int newSlot() {
    Page last = pages[pages.length - 1];
    if (end == pages.length << PAGE_BITS) {
      pages = Arrays.copyOf(pages, pages.length + 1);
      pages[pages.length - 1] = new Page(picture, PAGE_SLOTS);
    } else if ((end & (PAGE_SLOTS - 1)) == last.slots()) {
      pages[pages.length - 1] = new Page(last, picture, 2 * last.slots());
    }
    return end++;
  }

  /// Takes a slot for a job of which nothing else is known yet.
  final void take(int slot, long seq) {
    Page page = changing(slot);
    int i = slot & (PAGE_SLOTS - 1);
    page.seqs[i] = seq;
    page.times[i] = 0;
    page.waits[i] = 0;
    page.tokens[i] = 0;
    page.holders[i] = NONE;
    page.deliveries[i] = 0;
    page.positions[i] = NONE;
    page.phases[i] = 0;
    page.priorities[i] = 0;
  }

  /// Frees a slot; `next` is kept in it, see [#nextFree].
  final void free(int slot, int next) {
    Page page = changing(slot);
    int i = slot & (PAGE_SLOTS - 1);
    page.seqs[i] = FREE;
    page.holders[i] = next;
    if (page.lines != null) {
      page.lines[i] = null;
    }
    if (page.errors != null) {
      page.errors[i] = null;
    }
  }

  final int nextFree(int slot) {
    return holder(slot);
  }

  /// Forgets all slots, which are free.
  final void clear() {
    end = 0;
    if (pages.length > 1) {
      pages = new Page[] {new Page(picture, SLOTS_MIN)};
    }
  }

  private Page page(int slot) {
    return pages[slot >>> PAGE_BITS];
  }

  /// The page of a slot, which is no part of a picture.
  private Page changing(int slot) {
    Page page = pages[slot >>> PAGE_BITS];
    if (page.picture != picture) {
      page = new Page(page, picture, page.slots());
      pages[slot >>> PAGE_BITS] = page;
    }
    return page;
  }

  final long seq(int slot) {
    return page(slot).seqs[slot & (PAGE_SLOTS - 1)];
  }

  final long time(int slot) {
    return page(slot).times[slot & (PAGE_SLOTS - 1)];
  }

  final void time(int slot, long steadyMillis) {
    changing(slot).times[slot & (PAGE_SLOTS - 1)] = steadyMillis;
  }

  final long waits(int slot) {
    return page(slot).waits[slot & (PAGE_SLOTS - 1)];
  }

  final void waits(int slot, long since) {
    changing(slot).waits[slot & (PAGE_SLOTS - 1)] = since;
  }

  final long token(int slot) {
    return page(slot).tokens[slot & (PAGE_SLOTS - 1)];
  }

  final void token(int slot, long token) {
    changing(slot).tokens[slot & (PAGE_SLOTS - 1)] = token;
  }

  final int holder(int slot) {
    return page(slot).holders[slot & (PAGE_SLOTS - 1)];
  }

  final void holder(int slot, int holder) {
    changing(slot).holders[slot & (PAGE_SLOTS - 1)] = holder;
  }

  final int deliveries(int slot) {
    return page(slot).deliveries[slot & (PAGE_SLOTS - 1)];
  }

  final void deliveries(int slot, int deliveries) {
    changing(slot).deliveries[slot & (PAGE_SLOTS - 1)] = deliveries;
  }

  final int position(int slot) {
    return page(slot).positions[slot & (PAGE_SLOTS - 1)];
  }

  final void position(int slot, int position) {
    changing(slot).positions[slot & (PAGE_SLOTS - 1)] = position;
  }

  final byte phase(int slot) {
    return page(slot).phases[slot & (PAGE_SLOTS - 1)];
  }

  final void phase(int slot, byte phase) {
    changing(slot).phases[slot & (PAGE_SLOTS - 1)] = phase;
  }

  final byte priority(int slot) {
    return page(slot).priorities[slot & (PAGE_SLOTS - 1)];
  }

  final void priority(int slot, byte priority) {
    changing(slot).priorities[slot & (PAGE_SLOTS - 1)] = priority;
  }

  /// The jobs of the same order key; null if it has none.
  final OrderKeys.@Nullable Line line(int slot) {
    OrderKeys.@Nullable Line[] lines = page(slot).lines;
    return lines == null ? null : lines[slot & (PAGE_SLOTS - 1)];
  }

  final void line(int slot, OrderKeys.Line line) {
    Page page = changing(slot);
    OrderKeys.@Nullable Line[] lines = page.lines;
    if (lines == null) {
      lines = new OrderKeys.@Nullable Line[page.slots()];
      page.lines = lines;
    }
    lines[slot & (PAGE_SLOTS - 1)] = line;
  }

  /// The order key of a job; null if it has none.
  final @Nullable String orderKey(int slot) {
    OrderKeys.Line line = line(slot);
    return line == null ? null : line.key();
  }

  /// Why the job was given back, UTF-8; null if nobody said.
  final byte @Nullable [] error(int slot) {
    byte @Nullable [] @Nullable [] errors = page(slot).errors;
    return errors == null ? null : errors[slot & (PAGE_SLOTS - 1)];
  }

  final void error(int slot, byte[] error) {
    Page page = changing(slot);
    byte @Nullable [] @Nullable [] errors = page.errors;
    if (errors == null) {
      errors = new byte @Nullable [page.slots()][];
      page.errors = errors;
    }
    errors[slot & (PAGE_SLOTS - 1)] = error;
  }
}
