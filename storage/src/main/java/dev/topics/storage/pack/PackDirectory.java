package dev.topics.storage.pack;

import dev.topics.storage.disk.Disk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// The directory of packs on a disk, as a list of files.
final class PackDirectory {
  private PackDirectory() {}

  /// Makes it, durably, if it is not there.
  static void make(Disk disk) throws IOException {
    disk.makeDirectory(PackNames.DIRECTORY);
    disk.syncDirectory("");
  }

  /// Removes what a crash left of packs that were being written.
  static void deleteUnfinished(Disk disk) throws IOException {
    for (String name : disk.list(PackNames.DIRECTORY)) {
      if (PackNames.isUnfinished(name)) {
        disk.delete(PackNames.DIRECTORY + "/" + name);
      }
    }
  }

  /// The packs that are there by their names, ascending.
  static List<Long> ids(Disk disk) throws IOException {
    List<Long> ids = new ArrayList<>();
    for (String name : disk.list(PackNames.DIRECTORY)) {
      long id = PackNames.id(name);
      if (id > 0) {
        ids.add(id);
      }
    }
    return ids;
  }
}
