package dev.topics.storage.pack;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Sections that were read, the least recently used ones going first.
///
/// **Threading** any thread; its monitor is held for moments.
final class SectionCache implements AutoCloseable {
  private record Key(long pack, long offset) {}

  private final long bytesMax;
  private final SectionMemory memory = new SectionMemory();
  private final Map<Key, Section> sections = new LinkedHashMap<>(64, 0.75f, true);
  private long bytes;

  SectionCache(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /// What sections that are to be kept here lie in.
  SectionMemory memory() {
    return memory;
  }

  synchronized long bytes() {
    return bytes;
  }

  /// A section, of which the caller becomes a user.
  synchronized @Nullable Section find(long pack, long offset) {
    Section section = sections.get(new Key(pack, offset));
    return section != null && section.retain() ? section : null;
  }

  /// Keeps a section, if there is none at that place yet.
  void keep(long pack, long offset, Section section) {
    release(add(new Key(pack, offset), section));
  }

  private synchronized List<Section> add(Key key, Section section) {
    if (section.memoryBytes() > bytesMax || sections.containsKey(key) || !section.retain()) {
      return List.of();
    }
    sections.put(key, section);
    bytes += section.memoryBytes();
    List<Section> gone = new ArrayList<>();
    var eldest = sections.values().iterator();
    while (bytes > bytesMax) {
      Section least = eldest.next();
      eldest.remove();
      bytes -= least.memoryBytes();
      gone.add(least);
    }
    return gone;
  }

  /// Lets go of what is kept of a pack.
  void forget(long pack) {
    release(removeAll(pack));
  }

  private synchronized List<Section> removeAll(long pack) {
    List<Section> gone = new ArrayList<>();
    sections
        .entrySet()
        .removeIf(entry -> {
          boolean ofPack = entry.getKey().pack() == pack;
          if (ofPack) {
            bytes -= entry.getValue().memoryBytes();
            gone.add(entry.getValue());
          }
          return ofPack;
        });
    return gone;
  }

  private static void release(List<Section> sections) {
    sections.forEach(Section::release);
  }

  /// Lets go of everything. What still has users goes with the last of them.
  @Override
  public void close() {
    List<Section> gone;
    synchronized (this) {
      gone = new ArrayList<>(sections.values());
      sections.clear();
      bytes = 0;
    }
    release(gone);
    memory.close();
  }
}
