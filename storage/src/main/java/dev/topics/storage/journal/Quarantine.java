package dev.topics.storage.journal;

import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskFile;
import java.io.IOException;
import java.util.List;

/// Keeps copies of damaged files, before anybody repairs or loses them.
final class Quarantine {
  static final String DIRECTORY = "quarantine";
  private static final long CHUNK_BYTES = 4 << 20;

  private final Disk disk;

  Quarantine(Disk disk) {
    this.disk = disk;
  }

  /// Copies files, once per damage: a second start that finds the same adds nothing.
  void keep(List<JournalFile> files, long damagedLsn) throws IOException {
    disk.makeDirectory(DIRECTORY);
    disk.syncDirectory("");
    for (JournalFile file : files) {
      String base = file.name().substring(JournalFile.DIRECTORY.length() + 1);
      String name = "%s/%s.at-%d".formatted(DIRECTORY, base, damagedLsn);
      if (!disk.exists(name)) {
        copy(file, name);
      }
    }
    disk.syncDirectory(DIRECTORY);
  }

  private void copy(JournalFile file, String name) throws IOException {
    String unfinished = name + ".new";
    if (disk.exists(unfinished)) {
      disk.delete(unfinished);
    }
    try (DiskFile copy = disk.create(unfinished)) {
      for (long at = 0; at < file.bytes(); at += CHUNK_BYTES) {
        long bytes = Math.min(CHUNK_BYTES, file.bytes() - at);
        file.load(at, at + bytes);
        copy.writeFully(file.segment().asSlice(at, bytes), at);
      }
      copy.sync();
    }
    disk.rename(unfinished, name);
  }
}
