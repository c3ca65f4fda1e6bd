package dev.topics.storage.pack;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Sections that were read, the least recently used ones going first.
///
/// **Threading** any thread; its monitor is held for moments.
final class SectionCache {
  private record Key(long pack, long offset) {}

  private final long bytesMax;
  private final Map<Key, Section> sections = new LinkedHashMap<>(64, 0.75f, true);
  private long bytes;

  SectionCache(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  synchronized long bytes() {
    return bytes;
  }

  synchronized @Nullable Section find(long pack, long offset) {
    return sections.get(new Key(pack, offset));
  }

  /// Keeps a section, if there is none at that place yet.
  synchronized void keep(long pack, long offset, Section section) {
    if (size(section) > bytesMax || sections.putIfAbsent(new Key(pack, offset), section) != null) {
      return;
    }
    bytes += size(section);
    Iterator<Section> eldest = sections.values().iterator();
    while (bytes > bytesMax) {
      bytes -= size(eldest.next());
      eldest.remove();
    }
  }

  /// Lets go of what is kept of a pack.
  synchronized void forget(long pack) {
    sections
        .entrySet()
        .removeIf(entry -> {
          boolean ofPack = entry.getKey().pack() == pack;
          bytes -= ofPack ? size(entry.getValue()) : 0;
          return ofPack;
        });
  }

  private static long size(Section section) {
    return section.bytes().byteSize();
  }

  synchronized void clear() {
    sections.clear();
    bytes = 0;
  }
}
