package dev.topics.storage.pack;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Collects the texts of a chunk's records, then puts them in order, each once. Reused.
///
/// A text gets a provisional id at once; after [#sort], [#rank] tells its place. Texts that came
/// not long ago are found again, all others are left to the sort: no input makes it slow.
final class DictionaryBuilder {
  private static final int RECENT = 256;

  private byte[] text = new byte[1024];
  private int textBytes;
  private int[] ends = new int[64];
  private int size;
  private final int[] recent = new int[RECENT];
  private int[] order = {};
  private int[] merged = {};
  private int[] rank = {};
  private int distinct;
  private int distinctBytes;

  void clear() {
    size = 0;
    textBytes = 0;
    distinct = 0;
    distinctBytes = 0;
    Arrays.fill(recent, 0);
  }

  /// Returns the provisional id of a text.
  int add(MemorySegment from, long at, int bytes) {
    int end = Math.addExact(textBytes, bytes);
    if (end > text.length) {
      text = Arrays.copyOf(text, Math.max(end, text.length * 2));
    }
    MemorySegment.copy(from, JAVA_BYTE, at, text, textBytes, bytes);
    int slot = slot(textBytes, end);
    int candidate = recent[slot] - 1;
    if (candidate >= 0 && compare(start(candidate), ends[candidate], textBytes, end) == 0) {
      return candidate;
    }
    if (size == ends.length) {
      ends = Arrays.copyOf(ends, size * 2);
    }
    ends[size] = end;
    textBytes = end;
    recent[slot] = size + 1;
    return size++;
  }

  private int slot(int from, int end) {
    int hash = 0;
    for (int i = from; i < end; i++) {
      hash = hash * 31 + text[i];
    }
    hash *= 0x9E3779B9;
    return hash >>> 24;
  }

  private int start(int id) {
    return id == 0 ? 0 : ends[id - 1];
  }

  private int compare(int from, int end, int otherFrom, int otherEnd) {
    return Arrays.compareUnsigned(text, from, end, text, otherFrom, otherEnd);
  }

  private int compare(int id, int other) {
    return compare(start(id), ends[id], start(other), ends[other]);
  }

  void sort() {
    if (order.length < size) {
      order = new int[ends.length];
      merged = new int[ends.length];
      rank = new int[ends.length];
    }
    for (int i = 0; i < size; i++) {
      order[i] = i;
    }
    for (int width = 1; width < size; width *= 2) {
      for (int low = 0; low + width < size; low += 2 * width) {
        merge(low, low + width, Math.min(low + 2 * width, size));
      }
    }
    for (int i = 0; i < size; i++) {
      int id = order[i];
      if (i == 0 || compare(order[i - 1], id) != 0) {
        order[distinct++] = id;
        distinctBytes += ends[id] - start(id);
        rank[id] = distinct - 1;
      } else {
        rank[id] = distinct - 1;
        order[i] = order[distinct - 1];
      }
    }
  }

  private void merge(int low, int middle, int high) {
    if (compare(order[middle - 1], order[middle]) <= 0) {
      return;
    }
    int left = low;
    int right = middle;
    for (int i = low; i < high; i++) {
      boolean takeLeft =
          right == high || (left < middle && compare(order[left], order[right]) <= 0);
      merged[i] = takeLeft ? order[left++] : order[right++];
    }
    System.arraycopy(merged, low, order, low, high - low);
  }

  /// The place of a text among the distinct ones.
  int rank(int id) {
    return rank[id];
  }

  /// Distinct texts.
  int distinct() {
    return distinct;
  }

  /// Bytes of the distinct texts.
  int distinctBytes() {
    return distinctBytes;
  }

  /// Writes the ends of the distinct texts, 4 bytes each, then the texts; returns the end.
  long write(MemorySegment to, long at) {
    long endAt = at;
    long textAt = at + (long) distinct * Integer.BYTES;
    int end = 0;
    for (int i = 0; i < distinct; i++) {
      int id = order[i];
      int bytes = ends[id] - start(id);
      MemorySegment.copy(text, start(id), to, JAVA_BYTE, textAt + end, bytes);
      end += bytes;
      to.set(PackLayout.U32, endAt, end);
      endAt += Integer.BYTES;
    }
    return textAt + end;
  }
}
