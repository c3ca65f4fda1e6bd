package dev.topics.engine.index;

import dev.topics.engine.model.TagMatch;
import dev.topics.engine.record.AppendBlock;
import dev.topics.engine.record.CopiedRecords;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Finds the records of a tag without looking at records: per tag the seqs, ascending, and the
/// payload bytes of each. Records in packs are found there instead.
///
/// It has a part for each file of the journal, so that a part goes at once when its records are
/// packed.
///
/// **Threading** Under the commit lock. Removed records are dropped by [#removed], not all at once.
public final class TagIndex {
  private static final class Entries {
    long[] seqs = new long[1];
    int[] bytes = new int[1];
    int size;
    boolean ascending = true;

    void add(long seq, int payloadBytes) {
      ascending &= size == 0 || seqs[size - 1] < seq;
      if (size == seqs.length) {
        seqs = Arrays.copyOf(seqs, size * 2);
        bytes = Arrays.copyOf(bytes, size * 2);
      }
      seqs[size] = seq;
      bytes[size++] = payloadBytes;
    }

    /// Puts in order what a recovery added late. Leaves the old arrays to whoever took a slice.
    void order() {
      if (!ascending) {
        long[] unordered = seqs;
        int[] unorderedBytes = bytes;
        int[] order =
            IntStream.range(0, size)
                .boxed()
                .sorted(Comparator.comparingLong(i -> unordered[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        seqs = Arrays.stream(order).mapToLong(i -> unordered[i]).toArray();
        bytes = Arrays.stream(order).map(i -> unorderedBytes[i]).toArray();
        ascending = true;
      }
    }

    /// Forgets what lies below `seq`; leaves the old arrays to whoever took a slice.
    void trimBelow(long seq) {
      order();
      int dropped = indexFrom(seqs, size, seq);
      if (dropped > 0) {
        seqs = Arrays.copyOfRange(seqs, dropped, Math.max(size, dropped + 1));
        bytes = Arrays.copyOfRange(bytes, dropped, Math.max(size, dropped + 1));
        size -= dropped;
      }
    }

    /// Leaves the old arrays to whoever took a slice.
    void keep(Live live) {
      long[] keptSeqs = new long[Math.max(1, size)];
      int[] keptBytes = new int[keptSeqs.length];
      int kept = 0;
      for (int i = 0; i < size; i++) {
        if (live.contains(seqs[i])) {
          keptSeqs[kept] = seqs[i];
          keptBytes[kept++] = bytes[i];
        }
      }
      seqs = Arrays.copyOf(keptSeqs, Math.max(1, kept));
      bytes = Arrays.copyOf(keptBytes, Math.max(1, kept));
      size = kept;
    }
  }

  /// The tags of the records that lie in one file, or in memory. `id` is the seq with which it was
  /// begun: no other part has the same, and it stays, unlike the least seq.
  private static final class Part {
    final long file;
    final long id;
    final TreeMap<String, Entries> byTag = new TreeMap<>();
    long leastSeq;
    long greatestSeq;
    long size;

    Part(long file, long id) {
      this.file = file;
      this.id = id;
      leastSeq = id;
      greatestSeq = id;
    }

    void add(String tag, long seq, int payloadBytes) {
      byTag.computeIfAbsent(tag, ignored -> new Entries()).add(seq, payloadBytes);
      leastSeq = Math.min(leastSeq, seq);
      greatestSeq = Math.max(greatestSeq, seq);
      size++;
    }

    void trimBelow(long seq) {
      size = 0;
      byTag
          .values()
          .removeIf(entries -> {
            entries.trimBelow(seq);
            size += entries.size;
            return entries.size == 0;
          });
      leastSeq = Math.max(leastSeq, seq);
    }

    void prune(Live live) {
      size = 0;
      byTag
          .values()
          .removeIf(entries -> {
            entries.keep(live);
            size += entries.size;
            return entries.size == 0;
          });
    }
  }

  /// Tells which records are still there.
  public interface Live {
    boolean contains(long seq);
  }

  private static final int SLICE_TAGS = 1000;
  private static final int REMOVED_MIN = 1024;

  private final List<Part> parts = new ArrayList<>(1);
  private long size;

  public TagIndex() {}

  long size() {
    return size;
  }

  /// Adds the records of `block`, which lie behind all others, in `file` of the journal, -1 for
  /// memory.
  public void add(AppendBlock block, long file) {
    for (int i = 0; i < block.count(); i++) {
      if (block.hasTag(i)) {
        add(block.tag(i), block.firstSeq() + i, block.payloadBytes(i), file);
      }
    }
  }

  /// Adds the records of `block` in `file`, which may lie before others with their tags.
  public void restore(AppendBlock block, long file) {
    for (int i = 0; i < block.count(); i++) {
      if (block.hasTag(i)) {
        restore(block.tag(i), block.firstSeq() + i, block.payloadBytes(i), file);
      }
    }
  }

  /// The same for copies, the first of which is `firstSeq`.
  public void restore(CopiedRecords copies, long firstSeq, long file) {
    for (int i = 0; i < copies.count(); i++) {
      if (copies.hasTag(i)) {
        restore(copies.tag(i), firstSeq + i, copies.payloadBytes(i), file);
      }
    }
  }

  /// Adds a record, which lies behind all others, in `file` of the journal, -1 for memory.
  void add(String tag, long seq, int payloadBytes, long file) {
    if (parts.isEmpty() || parts.getLast().file != file) {
      parts.add(new Part(file, seq));
    }
    add(parts.getLast(), tag, seq, payloadBytes);
  }

  private void add(Part part, String tag, long seq, int payloadBytes) {
    part.add(tag, seq, payloadBytes);
    size++;
  }

  /// Adds a record that lies in `file`, before others with its tag perhaps.
  public void restore(String tag, long seq, int payloadBytes, long file) {
    int at = parts.size();
    while (at > 0 && parts.get(at - 1).file > file) {
      at--;
    }
    if (at == 0 || parts.get(at - 1).file != file) {
      parts.add(at, new Part(file, seq));
    } else {
      at--;
    }
    add(parts.get(at), tag, seq, payloadBytes);
  }

  /// Forgets the records from `first` to `last` that lie in the journal: usually all of some parts.
  public void forget(long first, long last) {
    parts.removeIf(part -> {
      if (part.file < 0 || part.greatestSeq < first || last < part.leastSeq) {
        return false;
      }
      long before = part.size;
      if (first <= part.leastSeq && part.greatestSeq <= last) {
        part.size = 0;
      } else {
        part.prune(seq -> seq < first || last < seq);
      }
      size += part.size - before;
      return part.size == 0;
    });
  }

  /// The records of some tags, as they were at one moment.
  public record Slice(@Nullable Place last, List<Run> runs) {}

  /// A tag in a part.
  public record Place(long part, String tag) {}

  /// The records of one tag, which nobody changes any more.
  public static final class Run {
    private final String tag;
    private final long[] seqs;
    private final int[] bytes;
    private final int size;

    private Run(String tag, Entries entries) {
      entries.order();
      this.tag = tag;
      seqs = entries.seqs;
      bytes = entries.bytes;
      size = entries.size;
    }

    public String tag() {
      return tag;
    }

    public int size() {
      return size;
    }

    public long seq(int i) {
      return seqs[i];
    }

    public int bytes(int i) {
      return bytes[i];
    }

    /// The index of the first record from `seq` on; the size if there is none.
    public int indexFrom(long seq) {
      return TagIndex.indexFrom(seqs, size, seq);
    }
  }

  private static int indexFrom(long[] seqs, int size, long seq) {
    int at = Arrays.binarySearch(seqs, 0, size, seq);
    return at < 0 ? -at - 1 : at;
  }

  /// Tags behind `after`, from the first one if that is null, part by part; without any when there
  /// are no more. To be asked under the commit lock, again for the next ones.
  public Slice slice(@Nullable Place after) {
    List<Run> runs = new ArrayList<>();
    Place last = null;
    for (Part part : parts) {
      if (after != null && part.id < after.part()) {
        continue;
      }
      var rest =
          after != null && part.id == after.part()
              ? part.byTag.tailMap(after.tag(), false)
              : part.byTag;
      for (Map.Entry<String, Entries> entry : rest.entrySet()) {
        if (runs.size() == SLICE_TAGS) {
          return new Slice(last, runs);
        }
        runs.add(new Run(entry.getKey(), entry.getValue()));
        last = new Place(part.id, entry.getKey());
      }
    }
    return new Slice(last, runs);
  }

  /// The records of each matching tag, part by part.
  public List<Run> find(TagMatch match) {
    List<Run> found = new ArrayList<>();
    for (Part part : parts) {
      find(part, match, found);
    }
    return found;
  }

  private static void find(Part part, TagMatch match, List<Run> found) {
    switch (match) {
      case TagMatch.Exact(String tag) -> {
        Entries entries = part.byTag.get(tag);
        if (entries != null) {
          found.add(new Run(tag, entries));
        }
      }
      case TagMatch.Prefix(String prefix) -> {
        for (Map.Entry<String, Entries> entry : part.byTag.tailMap(prefix, true).entrySet()) {
          if (!entry.getKey().startsWith(prefix)) {
            break;
          }
          found.add(new Run(entry.getKey(), entry.getValue()));
        }
      }
    }
  }

  /// Records were removed: all below `earliest`, and those above it that are not `live`, of which
  /// `count` are left. Forgets what costs little now, and the rest once it is more than half.
  public void removed(long earliest, long count, Live live) {
    dropBelow(earliest);
    long most = 2 * count + REMOVED_MIN;
    if (size > most) {
      trimBelow(earliest);
    }
    if (size > most) {
      prune(live);
    }
  }

  /// Forgets the parts that lie below `seq` as a whole.
  private void dropBelow(long seq) {
    parts.removeIf(part -> {
      boolean isBelow = part.greatestSeq < seq;
      size -= isBelow ? part.size : 0;
      return isBelow;
    });
  }

  /// Forgets all records below `seq`, without a look at each.
  private void trimBelow(long seq) {
    for (Part part : parts) {
      if (part.leastSeq < seq) {
        long before = part.size;
        part.trimBelow(seq);
        size += part.size - before;
      }
    }
    parts.removeIf(part -> part.size == 0);
  }

  /// Forgets records that are not `live`.
  private void prune(Live live) {
    parts.forEach(part -> part.prune(live));
    parts.removeIf(part -> part.size == 0);
    size = 0;
    parts.forEach(part -> size += part.size);
  }
}
