package dev.topics.storage.sim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The names on a disk: as processes see them, and as the disk has them.
///
/// Each change is durable after its directory was synced; before that, a power loss may keep it or
/// not, whatever became of the others.
final class SimNames {
  private final NavigableMap<String, SimInode> files = new TreeMap<>();
  private final Set<String> directories = new HashSet<>();
  private final Map<String, SimInode> durableFiles = new HashMap<>();
  private final Set<String> durableDirectories = new HashSet<>();
  private final List<Change> pending = new ArrayList<>();

  private sealed interface Change {
    record Put(String name, SimInode inode) implements Change {}

    record Move(String from, String to, SimInode inode) implements Change {}

    record Remove(String name) implements Change {}

    record MakeDirectory(String name) implements Change {}
  }

  SimNames() {
    directories.add("");
    durableDirectories.add("");
  }

  @Nullable SimInode find(String name) {
    return files.get(name);
  }

  boolean hasDirectory(String name) {
    return directories.contains(name);
  }

  Iterable<SimInode> inodes() {
    return files.values();
  }

  /// How large all files are together.
  long bytes() {
    long bytes = 0;
    for (SimInode inode : files.values()) {
      bytes += inode.size();
    }
    return bytes;
  }

  /// The operating system writes a few sectors of each file back.
  void writeBackSome(RandomGenerator random) {
    for (SimInode inode : files.values()) {
      int sectors = inode.sectors();
      for (int i = 0; i < 3 && sectors > 0 && !inode.isBroken(); i++) {
        inode.writeBack(random.nextInt(sectors));
      }
    }
  }

  boolean hasBroken() {
    return files.values().stream().anyMatch(SimInode::isBroken);
  }

  NavigableMap<String, SimInode> files() {
    return files;
  }

  List<String> list(String directory) {
    List<String> names = new ArrayList<>();
    for (String name : files.keySet()) {
      if (parent(name).equals(directory)) {
        names.add(name.substring(name.indexOf('/') + 1));
      }
    }
    if (directory.isEmpty()) {
      directories.stream().filter(name -> !name.isEmpty()).forEach(names::add);
    }
    names.sort(null);
    return names;
  }

  void put(String name, SimInode inode) {
    files.put(name, inode);
    pending.add(new Change.Put(name, inode));
  }

  void move(String from, String to) {
    SimInode inode = files.remove(from);
    files.put(to, inode);
    pending.add(new Change.Move(from, to, inode));
  }

  void remove(String name) {
    files.remove(name);
    pending.add(new Change.Remove(name));
  }

  void makeDirectory(String name) {
    directories.add(name);
    pending.add(new Change.MakeDirectory(name));
  }

  /// The file is gone, on the disk too.
  void lose(String name) {
    remove(name);
    sync(parent(name));
  }

  void sync(String directory) {
    pending.removeIf(change -> {
      boolean here = directoryOf(change).equals(directory);
      if (here) {
        apply(change);
      }
      return here;
    });
  }

  SimNames afterProcessCrash(Function<SimInode, SimInode> copy) {
    SimNames next = new SimNames();
    Map<SimInode, SimInode> copies = new HashMap<>();
    Function<SimInode, SimInode> once = inode -> copies.computeIfAbsent(inode, copy);
    files.forEach((name, inode) -> next.files.put(name, once.apply(inode)));
    durableFiles.forEach((name, inode) -> next.durableFiles.put(name, once.apply(inode)));
    next.directories.addAll(directories);
    next.durableDirectories.addAll(durableDirectories);
    for (Change change : pending) {
      next.pending.add(
          switch (change) {
            case Change.Put(var name, var inode) -> new Change.Put(name, once.apply(inode));
            case Change.Move(var from, var to, var inode) ->
                new Change.Move(from, to, once.apply(inode));
            case Change.Remove remove -> remove;
            case Change.MakeDirectory directory -> directory;
          });
    }
    return next;
  }

  SimNames afterPowerLoss(
      Function<SimInode, SimInode> copy, RandomGenerator random, int oddsInEight) {
    for (Change change : pending) {
      if (random.nextInt(8) < oddsInEight) {
        apply(change);
      }
    }
    SimNames next = new SimNames();
    next.directories.addAll(durableDirectories);
    next.durableDirectories.addAll(durableDirectories);
    new TreeMap<>(durableFiles)
        .forEach((name, inode) -> {
          if (durableDirectories.contains(parent(name))) {
            SimInode survivor = copy.apply(inode);
            next.files.put(name, survivor);
            next.durableFiles.put(name, survivor);
          }
        });
    return next;
  }

  private void apply(Change change) {
    switch (change) {
      case Change.Put(var name, var inode) -> durableFiles.put(name, inode);
      case Change.Move(var from, var to, var inode) -> {
        durableFiles.remove(from, inode);
        durableFiles.put(to, inode);
      }
      case Change.Remove(var name) -> durableFiles.remove(name);
      case Change.MakeDirectory(var name) -> durableDirectories.add(name);
    }
  }

  private static String directoryOf(Change change) {
    return switch (change) {
      case Change.Put(var name, _) -> parent(name);
      case Change.Move(_, var to, _) -> parent(to);
      case Change.Remove(var name) -> parent(name);
      case Change.MakeDirectory _ -> "";
    };
  }

  private static String parent(String name) {
    int slash = name.indexOf('/');
    return slash < 0 ? "" : name.substring(0, slash);
  }
}
