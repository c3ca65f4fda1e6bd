package dev.topics.storage.disk;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A disk that is completed by another one: what it lacks in one directory is looked for there. For
/// those who read a store whose old packs were moved away.
///
/// The other disk is only read, and so not locked. What is deleted there is hidden from now on; its
/// owner deletes it when it finds that nobody needs it.
///
/// **Threading** As [Disk].
public final class JoinedDisk extends WrappedDisk {
  private final Disk first;
  private final Disk second;
  private final String directory;
  private final Set<String> hidden = new HashSet<>();

  private JoinedDisk(Disk first, Disk second, String directory) {
    super(first);
    this.first = first;
    this.second = second;
    this.directory = directory;
  }

  /// Takes over both disks, and closes them in the end.
  ///
  /// @param directory where `second` completes `first`
  public static JoinedDisk of(Disk first, Disk second, String directory) {
    return new JoinedDisk(first, second, directory);
  }

  private synchronized boolean isInSecond(String name) throws IOException {
    return name.startsWith(directory + "/") && !hidden.contains(name) && second.exists(name);
  }

  /// A file may move to the second disk at any time. One that is on both is whole where it is
  /// longer: the other one is what was left of a copy.
  @Override
  public DiskFile openForReading(String name) throws IOException {
    DiskFile here = openFirst(name);
    if (!isInSecond(name)) {
      return here == null ? first.openForReading(name) : here;
    }
    DiskFile there = second.openForReading(name);
    if (here == null || here.size() < there.size()) {
      if (here != null) {
        here.close();
      }
      return there;
    }
    there.close();
    return here;
  }

  private @Nullable DiskFile openFirst(String name) throws IOException {
    if (!first.exists(name)) {
      return null;
    }
    try {
      return first.openForReading(name);
    } catch (DiskException e) {
      if (first.exists(name)) {
        throw e;
      }
      return null;
    }
  }

  @Override
  public boolean exists(String name) throws IOException {
    return first.exists(name) || isInSecond(name);
  }

  @Override
  public List<String> list(String of) throws IOException {
    if (!of.equals(directory)) {
      return first.list(of);
    }
    TreeSet<String> names = new TreeSet<>();
    for (String name : second.list(of)) {
      if (isInSecond(of + "/" + name)) {
        names.add(name);
      }
    }
    names.addAll(first.list(of));
    return List.copyOf(names);
  }

  @Override
  public synchronized void delete(String name) throws IOException {
    boolean there = isInSecond(name);
    if (there) {
      hidden.add(name);
    }
    if (!there || first.exists(name)) {
      first.delete(name);
    }
  }

  @Override
  public boolean link(String name, Disk target) {
    try {
      return !isInSecond(name) && first.link(name, target);
    } catch (IOException unknown) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    try (Disk closing = second) {
      assert closing != null;
      first.close();
    }
  }
}
