package dev.topics.storage.journal;

import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Keeps copies of damaged files, before anybody repairs or loses them.
public final class Quarantine {
  static final String DIRECTORY = "quarantine";

  private final Disk disk;
  private final Set<String> kept = new HashSet<>();

  public Quarantine(Disk disk) {
    this.disk = disk;
  }

  /// Copies files, once per damage: a second start that finds the same adds nothing.
  void keep(List<JournalFile> files, long damagedLsn) throws IOException {
    makeDirectory();
    for (JournalFile file : files) {
      String name = name(file.name()) + ".at-" + damagedLsn;
      if (!disk.exists(name)) {
        copy(file.name(), name);
      }
    }
    disk.syncDirectory(DIRECTORY);
  }

  /// Copies a file before a repair changes it, beside the copies of repairs before this one; once.
  public void keep(String file) throws IOException {
    if (!kept.add(file)) {
      return;
    }
    makeDirectory();
    int repair = 1;
    while (disk.exists(name(file) + ".repair-" + repair)) {
      repair++;
    }
    copy(file, name(file) + ".repair-" + repair);
    disk.syncDirectory(DIRECTORY);
  }

  private void makeDirectory() throws IOException {
    disk.makeDirectory(DIRECTORY);
    disk.syncDirectory("");
  }

  private static String name(String file) {
    return DIRECTORY + "/" + file.substring(file.indexOf('/') + 1);
  }

  private void copy(String file, String name) throws IOException {
    String unfinished = name + ".new";
    if (disk.exists(unfinished)) {
      disk.delete(unfinished);
    }
    try (DiskFile from = disk.openForReading(file);
        DiskFile copy = disk.create(unfinished);
        Arena arena = Arena.ofConfined()) {
      MemorySegment chunk = arena.allocate(DiskFile.CHUNK_BYTES);
      long at = 0;
      for (long read = from.read(chunk, at); read > 0; read = from.read(chunk, at)) {
        copy.writeFully(chunk.asSlice(0, read), at);
        at += read;
      }
      copy.sync();
    }
    disk.rename(unfinished, name);
  }
}
