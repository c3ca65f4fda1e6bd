package dev.topics.engine.index;

import java.util.Map;
import java.util.TreeMap;

/// Which files of the journal later files refer to. A file must stay as long as one that refers to
/// it does.
///
/// **Threading** Under the commit lock.
public final class JournalReferences {
  private final TreeMap<Long, Long> lastReferring = new TreeMap<>();

  public JournalReferences() {}

  /// A frame at `position` refers to one at `target`.
  public void refer(long position, long target) {
    long from = file(position);
    long to = file(target);
    if (from != to) {
      lastReferring.merge(to, from, Math::max);
    }
  }

  /// The file of a position of a frame.
  private static long file(long position) {
    return position >>> 32;
  }

  /// The first file that is needed when `oldest` is the first with something alive in it.
  public long oldestNeeded(long oldest) {
    long needed = oldest;
    for (Map.Entry<Long, Long> entry : lastReferring.entrySet()) {
      if (entry.getValue() >= oldest) {
        needed = Math.min(needed, entry.getKey());
      }
    }
    return needed;
  }

  /// Per file, the last one that refers to it.
  public Map<Long, Long> image() {
    return new TreeMap<>(lastReferring);
  }

  /// Takes over an image.
  public void restore(long file, long lastReferringFile) {
    lastReferring.merge(file, lastReferringFile, Math::max);
  }

  /// Forgets files below `file`: they are gone.
  public void forgetBelow(long file) {
    lastReferring.headMap(file, false).clear();
  }
}
