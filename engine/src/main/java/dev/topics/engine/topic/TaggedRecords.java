package dev.topics.engine.topic;

import dev.topics.engine.index.TagIndex;
import dev.topics.engine.model.TagMatch;
import dev.topics.storage.pack.PackDamagedException;
import dev.topics.storage.pack.PackedRun;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The records of a topic that had one of some tags at one moment, ascending, with the payload
/// bytes of each: those that still lived then, and some that did not. Those that lived are in it
/// wherever they were moved since.
///
/// There may be more of them in packs than memory for them. So they are found in rounds, each from
/// where the one before ended: a round looks into no more runs than it needs for some hundred
/// thousand. What is in no pack is in memory anyway.
///
/// **Threading** One thread at a time. To find them takes the commit lock for a moment; the long
/// part, to look into packs and to sort, is done without it.
final class TaggedRecords {
  private static final int ROUND_RECORDS = 1 << 17;

  private final Topic topic;
  private final long from;
  private final long head;
  private long last;
  private long[] seqs = new long[16];
  private int[] bytes = new int[16];
  private int size;

  /// @param from where they begin
  /// @param head of the topic when somebody first asked: what came later is not meant
  private TaggedRecords(Topic topic, long from, long head) {
    this.topic = topic;
    this.from = from;
    this.head = head;
    last = head;
  }

  /// Where records of the tags may be.
  private record Places(List<PackedRun> packed, List<TagIndex.Run> tagged) {}

  /// The first of them.
  ///
  /// @throws MovedRecordsException if a pack was dropped meanwhile: another try finds them
  ///   elsewhere
  static TaggedRecords find(Topics topics, Topic topic, TagMatch match)
      throws PackDamagedException {
    long head = topics.commits().locked(topic::head);
    return new TaggedRecords(topic, 1, head).find(topics, match);
  }

  /// Those behind these, in the same way.
  TaggedRecords findNext(Topics topics, TagMatch match) throws PackDamagedException {
    return new TaggedRecords(topic, last + 1, head).find(topics, match);
  }

  private TaggedRecords find(Topics topics, TagMatch match) throws PackDamagedException {
    Places places = topics.commits().locked(() -> places(match));
    PackedBlocks reader = topics.newBlockReader().packed();
    try {
      for (PackedRun run : places.packed()) {
        if (size >= ROUND_RECORDS) {
          last = Math.min(last, run.firstSeq() - 1);
          break;
        }
        reader.find(run, match, this::add);
      }
    } finally {
      reader.leave();
    }
    places.tagged().forEach(this::addAll);
    sort();
    return this;
  }

  private Places places(TagMatch match) {
    View view = topic.committed();
    List<PackedRun> packed = new ArrayList<>();
    view.index().runs(Math.max(from, view.earliest()), packed::add);
    TagIndex tags = topic.tags();
    return new Places(packed, tags == null ? List.of() : tags.find(match));
  }

  /// Adds what is in the journal or in memory between `from` and `last`.
  private void addAll(TagIndex.Run run) {
    for (int i = run.indexFrom(from); i < run.size() && run.seq(i) <= last; i++) {
      add(run.seq(i), run.bytes(i));
    }
  }

  /// Whether there are none behind these.
  boolean areLast() {
    return last == head;
  }

  /// Whether they are records of `other`: not those of one that had its name before.
  boolean areOf(Topic other) {
    return topic.equals(other);
  }

  int size() {
    return size;
  }

  long seq(int i) {
    return seqs[i];
  }

  int bytes(int i) {
    return bytes[i];
  }

  private void add(long seq, int payloadBytes) {
    if (seq < from || seq > last) {
      return;
    }
    if (size == seqs.length) {
      seqs = Arrays.copyOf(seqs, size * 2);
      bytes = Arrays.copyOf(bytes, size * 2);
    }
    seqs[size] = seq;
    bytes[size++] = payloadBytes;
  }

  /// Those of a tag come in their order, tag by tag: merges such stretches two by two.
  private void sort() {
    int[] starts = stretches();
    long[] otherSeqs = new long[size];
    int[] otherBytes = new int[size];
    for (int count = starts.length - 1; count > 1; count = (count + 1) / 2) {
      for (int i = 0; i < count; i += 2) {
        int middle = starts[i + 1];
        int end = i + 2 > count ? middle : starts[i + 2];
        merge(starts[i], middle, end, otherSeqs, otherBytes);
        starts[i / 2] = starts[i];
      }
      starts[(count + 1) / 2] = size;
      long[] merged = otherSeqs;
      int[] mergedBytes = otherBytes;
      otherSeqs = seqs;
      otherBytes = bytes;
      seqs = merged;
      bytes = mergedBytes;
    }
  }

  /// Where ascending stretches begin, and where the last one ends.
  private int[] stretches() {
    int[] starts = new int[16];
    int count = 0;
    for (int i = 0; i < size; i++) {
      if (i == 0 || seqs[i - 1] > seqs[i]) {
        if (count + 1 == starts.length) {
          starts = Arrays.copyOf(starts, starts.length * 2);
        }
        starts[count++] = i;
      }
    }
    starts[count] = size;
    return Arrays.copyOf(starts, count + 1);
  }

  private void merge(int from, int middle, int end, long[] toSeqs, int[] toBytes) {
    int left = from;
    int right = middle;
    for (int i = from; i < end; i++) {
      int next = right == end || (left < middle && seqs[left] <= seqs[right]) ? left++ : right++;
      toSeqs[i] = seqs[next];
      toBytes[i] = bytes[next];
    }
  }
}
