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
    int start = Arrays.binarySearch(keys, first >>> PAGE_BITS);
    for (int i = start < 0 ? -start - 1 : start; i < keys.length; i++) {
      long pageFirst = keys[i] << PAGE_BITS;
      if (pageFirst > last) {
        break;
      }
      long from = Math.max(first, pageFirst);
      long to = Math.min(last, pageFirst + PAGE_MASK);
      count += pages[i].rangeCardinality(from - pageFirst, to - pageFirst + 1);
    }
    return count;
  }

  /// This set with the seqs up to `lastSeq` of `ranges`, from the range `firstRange` on. Each page
  /// is copied once.
  SeqSet with(SeqRanges ranges, int firstRange, long lastSeq) {
    SeqSet result = this;
    long key = -1;
    RoaringBitmap page = new RoaringBitmap();
    for (int i = firstRange; i < ranges.size() && ranges.first(i) <= lastSeq; i++) {
      long last = Math.min(ranges.last(i), lastSeq);
      long end;
      for (long from = ranges.first(i); from <= last; from = end + 1) {
        if (from >>> PAGE_BITS != key) {
          key = from >>> PAGE_BITS;
          page = result.copyOfPage(key);
          result = result.withPage(key, page);
        }
        end = Math.min(last, from | PAGE_MASK);
        page.add(from & PAGE_MASK, (end & PAGE_MASK) + 1);
      }
    }
    return result;
  }

  private RoaringBitmap copyOfPage(long key) {
    int at = Arrays.binarySearch(keys, key);
    return at >= 0 ? pages[at].clone() : new RoaringBitmap();
  }

  private SeqSet withPage(long key, RoaringBitmap page) {
    int at = Arrays.binarySearch(keys, key);
    if (at >= 0) {
      RoaringBitmap[] changed = pages.clone();
      changed[at] = page;
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
    newPages[insertAt] = page;
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
