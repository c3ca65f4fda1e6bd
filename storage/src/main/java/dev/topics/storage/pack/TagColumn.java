package dev.topics.storage.pack;

import static dev.topics.storage.pack.PackLayout.U16;
import static dev.topics.storage.pack.PackLayout.U32;

import java.lang.foreign.MemorySegment;

/// A view of the tags of a chunk and of the records that have each. Reused: [#wrap] moves it.
///
/// ```text
///    0  4  tags                   4  4  bytes of all tags
///    8  4  records that have one 12  4  0
///   16     ends of the tags, 4 bytes each; tags back to back, in the order of their bytes
///    …     ends of the tags' records, 4 bytes each
///    …     indexes of the records, 2 bytes each, tag by tag, ascending in each
/// ```
final class TagColumn {
  private static final int HEADER_BYTES = 16;

  private MemorySegment bytes = MemorySegment.NULL;
  private final Texts tags = new Texts();
  private final ColumnValues values = new ColumnValues();
  private long endsAt;
  private long recordsAt;
  private int tagged;

  /// Looks at tags; fails with [IllegalArgumentException] if they cannot be those of a chunk.
  TagColumn wrap(MemorySegment bytes) {
    this.bytes = bytes;
    boolean header = bytes.byteSize() >= HEADER_BYTES && bytes.get(U32, 12) == 0;
    if (!header) {
      throw new IllegalArgumentException("the tags make no sense");
    }
    endsAt = tags.wrap(bytes, HEADER_BYTES, bytes.get(U32, 0), bytes.get(U32, 4));
    recordsAt = endsAt + (long) tags.count() * Integer.BYTES;
    tagged = bytes.get(U32, 8);
    if (tagged < 0 || recordsAt + (long) tagged * Short.BYTES != bytes.byteSize()) {
      throw new IllegalArgumentException("the tags make no sense");
    }
    return this;
  }

  /// Looks at every tag and record; fails with [IllegalArgumentException] if they do not agree with
  /// the columns. After that, all answers are within their bounds.
  void check(Columns columns) {
    checkEnds();
    ColumnValues ids = columns.values(Columns.TAG);
    boolean ok = ids.present() == tagged && tags.areInOrder();
    for (int tag = 0; tag < tags.count() && ok; tag++) {
      ColumnValues records = load(tag, columns.count());
      for (int i = 0; i < records.count(); i++) {
        ok &= ids.get(records.get(i)) == tag + 1;
      }
    }
    if (!ok) {
      throw disagreement();
    }
  }

  /// Looks at where tags and their records end; fails with [IllegalArgumentException] if they
  /// cannot all be right. After that, each tag has records, and neither leads out of bounds.
  TagColumn checkEnds() {
    boolean ok = tags.areWithin(values);
    ColumnValues ends = values.load(bytes, endsAt, Integer.BYTES, tags.count());
    if (!ok || !ends.rise(1, 1) || ends.last() != tagged) {
      throw new IllegalArgumentException("the tags make no sense");
    }
    return this;
  }

  /// The indexes of the records of a tag, ascending, until the next question; the ends were
  /// checked. Fails with [IllegalArgumentException] if the columns do not agree.
  ColumnValues records(int tag, Columns columns) {
    ColumnValues records = load(tag, columns.count());
    for (int i = 0; i < records.count(); i++) {
      if (columns.value(Columns.TAG, records.get(i)) != tag + 1) {
        throw disagreement();
      }
    }
    return records;
  }

  /// The records of a tag, which are ascending, and below `count`.
  private ColumnValues load(int tag, int count) {
    int first = tag == 0 ? 0 : endOfRecords(tag - 1);
    int tagged = endOfRecords(tag) - first;
    long at = recordsAt + (long) first * Short.BYTES;
    ColumnValues records = values.load(bytes, at, Short.BYTES, tagged);
    if (!records.rise(0, 1) || records.last() >= count) {
      throw disagreement();
    }
    return records;
  }

  private static IllegalArgumentException disagreement() {
    return new IllegalArgumentException("tags and columns do not agree");
  }

  /// Distinct tags of the chunk.
  Texts tags() {
    return tags;
  }

  private int endOfRecords(int tag) {
    return bytes.get(U32, endsAt + (long) tag * Integer.BYTES);
  }

  static long bytes(DictionaryBuilder tags, int tagged) {
    return HEADER_BYTES
        + 2L * Integer.BYTES * tags.distinct()
        + tags.distinctBytes()
        + (long) Short.BYTES * tagged;
  }

  /// Writes tags; `ids` has for each record 1 + the index of its tag, or 0.
  static void write(
      MemorySegment to, long at, DictionaryBuilder tags, int tagged, int[] ids, int count) {
    to.set(U32, at, tags.distinct());
    to.set(U32, at + 4, tags.distinctBytes());
    to.set(U32, at + 8, tagged);
    to.set(U32, at + 12, 0);
    long endsAt = tags.write(to, at + HEADER_BYTES);
    long recordsAt = endsAt + (long) tags.distinct() * Integer.BYTES;
    int[] next = new int[tags.distinct() + 1];
    for (int i = 0; i < count; i++) {
      if (ids[i] > 0) {
        next[ids[i]]++;
      }
    }
    for (int i = 1; i < next.length; i++) {
      next[i] += next[i - 1];
      to.set(U32, endsAt + (i - 1L) * Integer.BYTES, next[i]);
    }
    for (int i = count - 1; i >= 0; i--) {
      if (ids[i] > 0) {
        to.set(U16, recordsAt + (long) --next[ids[i]] * Short.BYTES, (short) i);
      }
    }
  }
}
