package dev.topics.engine.topic;

import dev.topics.engine.model.TagMatch;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/// Finds the records of a tag without looking at records: per tag the seqs, ascending, and the
/// payload bytes of each.
///
/// **Threading** Under the commit lock. Removed records are dropped now and then by [#prune], not
/// at once.
final class TagIndex {
  private static final class Entries {
    long[] seqs = new long[1];
    int[] bytes = new int[1];
    int size;

    void add(long seq, int payloadBytes) {
      if (size == seqs.length) {
        seqs = Arrays.copyOf(seqs, size * 2);
        bytes = Arrays.copyOf(bytes, size * 2);
      }
      seqs[size] = seq;
      bytes[size++] = payloadBytes;
    }
  }

  /// Takes what [#find] finds.
  interface Found {
    void record(long seq, int payloadBytes);
  }

  /// Tells which records are still there.
  interface Live {
    boolean contains(long seq);
  }

  private final TreeMap<String, Entries> byTag = new TreeMap<>();
  private long size;

  long size() {
    return size;
  }

  void add(String tag, long seq, int payloadBytes) {
    byTag.computeIfAbsent(tag, ignored -> new Entries()).add(seq, payloadBytes);
    size++;
  }

  /// Hands every record with a matching tag to `found`, tag by tag.
  void find(TagMatch match, Found found) {
    switch (match) {
      case TagMatch.Exact(String tag) -> {
        Entries entries = byTag.get(tag);
        if (entries != null) {
          report(entries, found);
        }
      }
      case TagMatch.Prefix(String prefix) -> {
        for (Map.Entry<String, Entries> entry : byTag.tailMap(prefix, true).entrySet()) {
          if (!entry.getKey().startsWith(prefix)) {
            break;
          }
          report(entry.getValue(), found);
        }
      }
    }
  }

  private static void report(Entries entries, Found found) {
    for (int i = 0; i < entries.size; i++) {
      found.record(entries.seqs[i], entries.bytes[i]);
    }
  }

  /// Forgets records that are not `live`.
  void prune(Live live) {
    size = 0;
    byTag
        .values()
        .removeIf(entries -> {
          int kept = 0;
          for (int i = 0; i < entries.size; i++) {
            if (live.contains(entries.seqs[i])) {
              entries.seqs[kept] = entries.seqs[i];
              entries.bytes[kept++] = entries.bytes[i];
            }
          }
          entries.size = kept;
          size += kept;
          return kept == 0;
        });
  }
}
