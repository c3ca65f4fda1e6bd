package dev.topics.engine.index;

import dev.topics.engine.model.InconsistentLogException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.roaringbitmap.RoaringBitmap;

/// An immutable set of seqs, compressed, that knows how many bytes of records it stands for: what
/// was deleted out of the middle of a topic.
///
/// A change copies what it touches, so that readers keep what they hold: the few seqs that came
/// last, which lie beside the pages until there are [#RECENT_MAX] of them, or the pages (2^16 seqs
/// each) that they go to. One ack after another costs little more than one.
///
/// ```text
/// in a checkpoint: number of pages 4; each: its first seq >>> 16 8;
///    bytes of the bitmap 4, a RoaringBitmap in its portable format, of the lower 16 bits;
///    number of windows (64) 4, bytes of the records of the set in each 8
/// number of recent seqs 4, each 8; number 4, bytes of the record of each 8
/// ```
public final class SeqSet {
  public static final SeqSet EMPTY = new SeqSet(new long[0], new Page[0], new long[0], new long[0]);

  private static final int PAGE_BITS = 16;
  private static final long PAGE_MASK = (1L << PAGE_BITS) - 1;
  private static final int WINDOW_BITS = 10;
  private static final int WINDOWS = 1 << (PAGE_BITS - WINDOW_BITS);
  private static final int RECENT_MAX = 64;
  private static final int SINGLES_MIN = 64;

  /// What is asked for the bytes of seqs that are in the set.
  public interface Bytes {
    /// Payload bytes of the records from `first` to `last`, inclusive, live or not.
    long between(long first, long last);
  }

  /// Some of 2^16 seqs, and the bytes of those in each window of 2^10.
  private static final class Page {
    final RoaringBitmap seqs;
    final long[] bytes;

    Page(RoaringBitmap seqs, long[] bytes) {
      this.seqs = seqs;
      this.bytes = bytes;
    }

    Page copy() {
      return new Page(seqs.clone(), bytes.clone());
    }
  }

  private final long[] keys;
  private final Page[] pages;
  private final long[] recent;
  private final long[] recentBytes;

  private SeqSet(long[] keys, Page[] pages, long[] recent, long[] recentBytes) {
    this.keys = keys;
    this.pages = pages;
    this.recent = recent;
    this.recentBytes = recentBytes;
  }

  public static boolean inSameWindow(long a, long b) {
    return a >>> WINDOW_BITS == b >>> WINDOW_BITS;
  }

  /// The first seq of the window that holds `seq`.
  public static long startOfWindow(long seq) {
    return seq >>> WINDOW_BITS << WINDOW_BITS;
  }

  /// The last seq of the window that holds `seq`.
  public static long endOfWindow(long seq) {
    return seq | ((1L << WINDOW_BITS) - 1);
  }

  boolean isEmpty() {
    return keys.length == 0 && recent.length == 0;
  }

  public boolean contains(long seq) {
    return Arrays.binarySearch(recent, seq) >= 0 || isInPages(seq);
  }

  private boolean isInPages(long seq) {
    int page = Arrays.binarySearch(keys, seq >>> PAGE_BITS);
    return page >= 0 && pages[page].seqs.contains((int) (seq & PAGE_MASK));
  }

  /// The first seq from `seq` on that is not in the set.
  public long nextAbsent(long seq) {
    long candidate = nextAbsentFromPages(seq);
    int at = Arrays.binarySearch(recent, candidate);
    while (at >= 0) {
      while (at < recent.length && recent[at] == candidate) {
        candidate++;
        at++;
      }
      candidate = nextAbsentFromPages(candidate);
      at = Arrays.binarySearch(recent, candidate);
    }
    return candidate;
  }

  private long nextAbsentFromPages(long seq) {
    long candidate = seq;
    int page = Arrays.binarySearch(keys, candidate >>> PAGE_BITS);
    while (page >= 0 && page < keys.length && keys[page] == candidate >>> PAGE_BITS) {
      long within = pages[page].seqs.nextAbsentValue((int) (candidate & PAGE_MASK));
      if (within <= PAGE_MASK) {
        return (keys[page] << PAGE_BITS) + within;
      }
      candidate = (keys[page] + 1) << PAGE_BITS;
      page++;
    }
    return candidate;
  }

  /// The last seq up to `seq` that is not in the set.
  public long previousAbsent(long seq) {
    long candidate = previousAbsentFromPages(seq);
    int at = Arrays.binarySearch(recent, candidate);
    while (at >= 0) {
      while (at >= 0 && recent[at] == candidate) {
        candidate--;
        at--;
      }
      candidate = previousAbsentFromPages(candidate);
      at = Arrays.binarySearch(recent, candidate);
    }
    return candidate;
  }

  private long previousAbsentFromPages(long seq) {
    long candidate = seq;
    int page = Arrays.binarySearch(keys, candidate >>> PAGE_BITS);
    while (page >= 0 && keys[page] == candidate >>> PAGE_BITS) {
      long within = pages[page].seqs.previousAbsentValue((int) (candidate & PAGE_MASK));
      if (within >= 0) {
        return (keys[page] << PAGE_BITS) + within;
      }
      candidate = (keys[page] << PAGE_BITS) - 1;
      page--;
    }
    return candidate;
  }

  /// The first seq from `seq` on that is in the set, or `Long.MAX_VALUE`.
  public long nextPresent(long seq) {
    int at = Arrays.binarySearch(recent, seq);
    int insertAt = at < 0 ? -at - 1 : at;
    long ofRecent = insertAt < recent.length ? recent[insertAt] : Long.MAX_VALUE;
    return Math.min(ofRecent, nextPresentInPages(seq));
  }

  private long nextPresentInPages(long seq) {
    int page = Arrays.binarySearch(keys, seq >>> PAGE_BITS);
    int from = (int) (seq & PAGE_MASK);
    if (page < 0) {
      page = -page - 1;
      from = 0;
    }
    for (; page < keys.length; page++, from = 0) {
      long within = pages[page].seqs.nextValue(from);
      if (within >= 0) {
        return (keys[page] << PAGE_BITS) + within;
      }
    }
    return Long.MAX_VALUE;
  }

  /// How many seqs from `first` to `last`, inclusive, are in the set.
  public long countBetween(long first, long last) {
    long count = 0;
    for (long seq : recent) {
      count += first <= seq && seq <= last ? 1 : 0;
    }
    int start = Arrays.binarySearch(keys, first >>> PAGE_BITS);
    for (int i = start < 0 ? -start - 1 : start; i < keys.length; i++) {
      long pageFirst = keys[i] << PAGE_BITS;
      if (pageFirst > last) {
        break;
      }
      long from = Math.max(first, pageFirst);
      long to = Math.min(last, pageFirst + PAGE_MASK);
      count += pages[i].seqs.rangeCardinality(from - pageFirst, to - pageFirst + 1);
    }
    return count;
  }

  /// Payload bytes of the records from `first` to `last`, inclusive, that are in the set. `stored`
  /// is asked at the two ends only, for at most a window of seqs each.
  public long bytesBetween(long first, long last, Bytes stored) {
    long firstWhole = (first + (1L << WINDOW_BITS) - 1) >>> WINDOW_BITS;
    long endWhole = (last + 1) >>> WINDOW_BITS;
    if (firstWhole >= endWhole) {
      return bytesOneByOne(first, last, stored);
    }
    return bytesOneByOne(first, (firstWhole << WINDOW_BITS) - 1, stored)
        + bytesOfWindows(firstWhole, endWhole)
        + bytesOneByOne(endWhole << WINDOW_BITS, last, stored);
  }

  private long bytesOneByOne(long first, long last, Bytes stored) {
    long bytes = 0;
    long from = nextPresent(first);
    while (from <= last) {
      long end = nextAbsent(from);
      bytes += stored.between(from, Math.min(end - 1, last));
      from = nextPresent(end);
    }
    return bytes;
  }

  private long bytesOfWindows(long firstWindow, long endWindow) {
    long bytes = 0;
    for (int i = 0; i < recent.length; i++) {
      long window = recent[i] >>> WINDOW_BITS;
      bytes += firstWindow <= window && window < endWindow ? recentBytes[i] : 0;
    }
    int start = Arrays.binarySearch(keys, firstWindow / WINDOWS);
    for (int i = start < 0 ? -start - 1 : start; i < keys.length; i++) {
      long pageWindow = keys[i] * WINDOWS;
      if (pageWindow >= endWindow) {
        break;
      }
      int from = (int) Math.max(0, firstWindow - pageWindow);
      int end = (int) Math.min(WINDOWS, endWindow - pageWindow);
      for (int w = from; w < end; w++) {
        bytes += pages[i].bytes[w];
      }
    }
    return bytes;
  }

  /// This set with the seqs up to `lastSeq` of `ranges`, from the range `firstRange` on.
  public SeqSet with(SeqRanges ranges, int firstRange, long lastSeq) {
    long seqs = 0;
    for (int i = firstRange;
        i < ranges.size() && ranges.first(i) <= lastSeq && seqs <= RECENT_MAX;
        i++) {
      seqs += Math.min(ranges.last(i), lastSeq) - ranges.first(i) + 1;
    }
    if (seqs == 0) {
      return this;
    }
    Change change = new Change();
    if (recent.length + seqs <= RECENT_MAX) {
      change.addBesidePages(ranges, firstRange, lastSeq, (int) seqs);
    } else {
      change.addToPages(ranges, firstRange, lastSeq);
    }
    return change.result();
  }

  /// This set without the seqs from `first` to `last`, inclusive.
  public SeqSet without(long first, long last, Bytes stored) {
    if (nextPresent(first) > last) {
      return this;
    }
    SeqRanges rest = new SeqRanges();
    for (long seq = nextPresent(0); seq != Long.MAX_VALUE; seq = nextPresent(seq + 1)) {
      if (seq < first || seq > last) {
        rest.add(seq, stored.between(seq, seq));
      }
    }
    return EMPTY.with(rest, 0, Long.MAX_VALUE);
  }

  /// The same set, in which some records have no bytes any more, because they are stored nowhere:
  /// `gone` names a seq of each window, and their bytes.
  public SeqSet withoutBytes(SeqRanges gone) {
    if (gone.size() == 0 || isEmpty()) {
      return this;
    }
    Change change = new Change();
    change.addToPages(new SeqRanges(), 0, 0);
    for (int i = 0; i < gone.size(); i++) {
      change.subtract(gone.first(i), gone.bytes(i));
    }
    return change.result();
  }

  /// Writes the number of pages 4, and for each its number 8, its bitmap, and the bytes of its
  /// windows 8 each; then the seqs beside them, and the bytes of each.
  public void encode(StateWriter out) throws IOException {
    out.putInt(keys.length);
    for (int i = 0; i < keys.length; i++) {
      out.putLong(keys[i]);
      ByteBuffer bitmap = ByteBuffer.allocate(pages[i].seqs.serializedSizeInBytes());
      pages[i].seqs.serialize(bitmap);
      out.putBytes(bitmap.array());
      out.putLongs(pages[i].bytes, WINDOWS);
    }
    out.putLongs(recent, recent.length);
    out.putLongs(recentBytes, recent.length);
  }

  /// The set that [#encode] wrote.
  public static SeqSet decode(StateReader in) {
    int count = in.getInt();
    long[] keys = new long[count];
    Page[] pages = new Page[count];
    for (int i = 0; i < count; i++) {
      keys[i] = in.getLong();
      RoaringBitmap seqs = new RoaringBitmap();
      try {
        seqs.deserialize(ByteBuffer.wrap(in.getBytes()));
      } catch (IOException e) {
        throw new InconsistentLogException("a set of seqs makes no sense: " + e.getMessage());
      }
      pages[i] = new Page(seqs, in.getLongs());
    }
    long[] recent = in.getLongs();
    long[] recentBytes = in.getLongs();
    boolean isEmpty = count == 0 && recent.length == 0;
    return isEmpty ? EMPTY : new SeqSet(keys, pages, recent, recentBytes);
  }

  /// This set without what certainly lies below `seq`: whole pages, and seqs that are in none.
  public SeqSet trimmedBelow(long seq) {
    int keep = 0;
    while (keep < keys.length && (keys[keep] + 1) << PAGE_BITS <= seq) {
      keep++;
    }
    int keepRecent = 0;
    while (keepRecent < recent.length && recent[keepRecent] < seq) {
      keepRecent++;
    }
    if (keep == 0 && keepRecent == 0) {
      return this;
    }
    if (keep == keys.length && keepRecent == recent.length) {
      return EMPTY;
    }
    return new SeqSet(
        keep == 0 ? keys : Arrays.copyOfRange(keys, keep, keys.length),
        keep == 0 ? pages : Arrays.copyOfRange(pages, keep, pages.length),
        Arrays.copyOfRange(recent, keepRecent, recent.length),
        Arrays.copyOfRange(recentBytes, keepRecent, recent.length));
  }

  /// Another set in the making. Each page is copied once.
  private final class Change {
    private long[] newKeys = keys;
    private Page[] newPages = pages;
    private long[] newRecent = recent;
    private long[] newRecentBytes = recentBytes;
    private int recentCount = recent.length;
    private long copiedKey = -1;
    private Page copied = new Page(new RoaringBitmap(), new long[0]);

    /// Single seqs that the copied page still lacks: each that it were given alone would move those
    /// above it.
    private int[] singles = new int[0];

    private int singleCount;

    void addBesidePages(SeqRanges ranges, int firstRange, long lastSeq, int seqs) {
      newRecent = Arrays.copyOf(recent, recent.length + seqs);
      newRecentBytes = Arrays.copyOf(recentBytes, recent.length + seqs);
      for (int i = firstRange; i < ranges.size() && ranges.first(i) <= lastSeq; i++) {
        long bytes = ranges.bytes(i);
        for (long seq = ranges.first(i); seq <= Math.min(ranges.last(i), lastSeq); seq++) {
          if (!isInPages(seq)) {
            bytes -= insert(seq, bytes);
          }
        }
      }
    }

    /// Returns how many of `bytes` went with `seq`: all, or none if it was there already.
    private long insert(long seq, long bytes) {
      int at = Arrays.binarySearch(newRecent, 0, recentCount, seq);
      if (at >= 0) {
        return 0;
      }
      int insertAt = -at - 1;
      System.arraycopy(newRecent, insertAt, newRecent, insertAt + 1, recentCount - insertAt);
      System.arraycopy(
          newRecentBytes, insertAt, newRecentBytes, insertAt + 1, recentCount - insertAt);
      newRecent[insertAt] = seq;
      newRecentBytes[insertAt] = bytes;
      recentCount++;
      return bytes;
    }

    void addToPages(SeqRanges ranges, int firstRange, long lastSeq) {
      newPages = pages.clone();
      for (int i = 0; i < recent.length; i++) {
        add(recent[i], recent[i], recentBytes[i]);
      }
      recentCount = 0;
      for (int i = firstRange; i < ranges.size() && ranges.first(i) <= lastSeq; i++) {
        add(ranges.first(i), Math.min(ranges.last(i), lastSeq), ranges.bytes(i));
      }
      finishPage();
    }

    private void add(long first, long last, long bytes) {
      long end;
      long bytesLeft = bytes;
      for (long from = first; from <= last; from = end + 1) {
        if (from >>> PAGE_BITS != copiedKey) {
          finishPage();
          copiedKey = from >>> PAGE_BITS;
          copied = copyOfPage(copiedKey);
        }
        end = Math.min(last, from | PAGE_MASK);
        if (from == end) {
          addSingle((int) (from & PAGE_MASK));
        } else {
          copied.seqs.add(from & PAGE_MASK, (end & PAGE_MASK) + 1);
        }
        copied.bytes[(int) ((from & PAGE_MASK) >>> WINDOW_BITS)] += bytesLeft;
        bytesLeft = 0;
      }
    }

    private void addSingle(int seq) {
      if (singleCount == singles.length) {
        singles = Arrays.copyOf(singles, Math.max(SINGLES_MIN, 2 * singleCount));
      }
      singles[singleCount++] = seq;
    }

    private void finishPage() {
      RoaringBitmap added = new RoaringBitmap();
      added.addN(singles, 0, singleCount);
      copied.seqs.or(added);
      copied.seqs.runOptimize();
      singleCount = 0;
    }

    /// What was trimmed already needs no sums any more.
    void subtract(long seq, long bytes) {
      long key = seq >>> PAGE_BITS;
      if (Arrays.binarySearch(newKeys, key) >= 0) {
        copyOfPage(key).bytes[(int) ((seq & PAGE_MASK) >>> WINDOW_BITS)] -= bytes;
      }
    }

    private Page copyOfPage(long key) {
      int at = Arrays.binarySearch(newKeys, key);
      if (at >= 0) {
        int before = Arrays.binarySearch(keys, key);
        boolean isShared = before >= 0 && pages[before].equals(newPages[at]);
        newPages[at] = isShared ? newPages[at].copy() : newPages[at];
        return newPages[at];
      }
      int insertAt = -at - 1;
      newKeys = Arrays.copyOf(newKeys, newKeys.length + 1);
      newPages = Arrays.copyOf(newPages, newPages.length + 1);
      System.arraycopy(newKeys, insertAt, newKeys, insertAt + 1, newKeys.length - 1 - insertAt);
      System.arraycopy(newPages, insertAt, newPages, insertAt + 1, newKeys.length - 1 - insertAt);
      newKeys[insertAt] = key;
      newPages[insertAt] = new Page(new RoaringBitmap(), new long[WINDOWS]);
      return newPages[insertAt];
    }

    SeqSet result() {
      return new SeqSet(
          newKeys,
          newPages,
          Arrays.copyOf(newRecent, recentCount),
          Arrays.copyOf(newRecentBytes, recentCount));
    }
  }
}
