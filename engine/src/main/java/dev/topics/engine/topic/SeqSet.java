package dev.topics.engine.topic;

import java.util.Arrays;
import org.roaringbitmap.RoaringBitmap;

/// An immutable set of seqs, compressed: what was deleted out of the middle of a topic.
///
/// A change copies the pages it touches (2^16 seqs each), so that readers keep what they hold.
final class SeqSet {
  static final SeqSet EMPTY = new SeqSet(new long[0], new RoaringBitmap[0]);

  private static final int PAGE_BITS = 16;
  private static final long PAGE_MASK = (1L << PAGE_BITS) - 1;

  private final long[] keys;
  private final RoaringBitmap[] pages;

  private SeqSet(long[] keys, RoaringBitmap[] pages) {
    this.keys = keys;
    this.pages = pages;
  }

  boolean isEmpty() {
    return keys.length == 0;
  }

  boolean contains(long seq) {
    if (keys.length == 0) {
      return false;
    }
    int page = Arrays.binarySearch(keys, seq >>> PAGE_BITS);
    return page >= 0 && pages[page].contains((int) (seq & PAGE_MASK));
  }

  /// The first seq from `seq` on that is not in the set.
  long nextAbsent(long seq) {
    long candidate = seq;
    int page = Arrays.binarySearch(keys, candidate >>> PAGE_BITS);
    while (page >= 0 && page < keys.length && keys[page] == candidate >>> PAGE_BITS) {
      long within = pages[page].nextAbsentValue((int) (candidate & PAGE_MASK));
      if (within <= PAGE_MASK) {
        return (keys[page] << PAGE_BITS) + within;
      }
      candidate = (keys[page] + 1) << PAGE_BITS;
      page++;
    }
    return candidate;
  }

  /// The last seq up to `seq` that is not in the set.
  long previousAbsent(long seq) {
    long candidate = seq;
    int page = Arrays.binarySearch(keys, candidate >>> PAGE_BITS);
    while (page >= 0 && keys[page] == candidate >>> PAGE_BITS) {
      long within = pages[page].previousAbsentValue((int) (candidate & PAGE_MASK));
      if (within >= 0) {
        return (keys[page] << PAGE_BITS) + within;
      }
      candidate = (keys[page] << PAGE_BITS) - 1;
      page--;
    }
    return candidate;
  }

  /// The first seq from `seq` on that is in the set, or `Long.MAX_VALUE`.
  long nextPresent(long seq) {
    int page = Arrays.binarySearch(keys, seq >>> PAGE_BITS);
    int from = (int) (seq & PAGE_MASK);
    if (page < 0) {
      page = -page - 1;
      from = 0;
    }
    for (; page < keys.length; page++, from = 0) {
      long within = pages[page].nextValue(from);
      if (within >= 0) {
        return (keys[page] << PAGE_BITS) + within;
      }
    }
    return Long.MAX_VALUE;
  }

  /// How many seqs from `first` to `last`, inclusive, are in the set.
  long countBetween(long first, long last) {
    long count = 0;
    for (int i = 0; i < keys.length && first <= last; i++) {
      long pageFirst = keys[i] << PAGE_BITS;
      long from = Math.max(first, pageFirst);
      long to = Math.min(last, pageFirst + PAGE_MASK);
      if (from <= to) {
        count += pages[i].rangeCardinality(from - pageFirst, to - pageFirst + 1);
      }
    }
    return count;
  }

  /// This set with the seqs from `first` to `last`, inclusive.
  SeqSet with(long first, long last) {
    SeqSet result = this;
    for (long key = first >>> PAGE_BITS; key <= last >>> PAGE_BITS; key++) {
      long pageFirst = key << PAGE_BITS;
      long from = Math.max(first, pageFirst) - pageFirst;
      long to = Math.min(last, pageFirst + PAGE_MASK) - pageFirst;
      result = result.withPage(key, from, to + 1);
    }
    return result;
  }

  private SeqSet withPage(long key, long from, long end) {
    int at = Arrays.binarySearch(keys, key);
    if (at >= 0) {
      RoaringBitmap[] changed = pages.clone();
      changed[at] = pages[at].clone();
      changed[at].add(from, end);
      return new SeqSet(keys, changed);
    }
    int insertAt = -at - 1;
    long[] newKeys = new long[keys.length + 1];
    RoaringBitmap[] newPages = new RoaringBitmap[keys.length + 1];
    System.arraycopy(keys, 0, newKeys, 0, insertAt);
    System.arraycopy(pages, 0, newPages, 0, insertAt);
    System.arraycopy(keys, insertAt, newKeys, insertAt + 1, keys.length - insertAt);
    System.arraycopy(pages, insertAt, newPages, insertAt + 1, keys.length - insertAt);
    newKeys[insertAt] = key;
    newPages[insertAt] = RoaringBitmap.bitmapOfRange(from, end);
    return new SeqSet(newKeys, newPages);
  }

  /// This set without the pages that lie wholly below `seq`.
  SeqSet trimmedBelow(long seq) {
    int keep = 0;
    while (keep < keys.length && (keys[keep] + 1) << PAGE_BITS <= seq) {
      keep++;
    }
    if (keep == 0) {
      return this;
    }
    return keep == keys.length
        ? EMPTY
        : new SeqSet(
            Arrays.copyOfRange(keys, keep, keys.length),
            Arrays.copyOfRange(pages, keep, pages.length));
  }
}
