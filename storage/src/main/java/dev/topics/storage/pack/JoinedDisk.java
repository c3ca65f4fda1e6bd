package dev.topics.storage.pack;

import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskException;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.disk.WrappedDisk;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A data directory that is completed by a cold one: packs that it lacks are looked for there. For
/// those who read a store whose old packs were moved away.
///
/// The cold directory is only read, and so not locked: its owner may delete packs there at any
/// time. What is deleted through this disk is hidden from now on; the owner deletes it when it
/// finds that nobody needs it.
///
/// **Threading** As [Disk].
public final class JoinedDisk extends WrappedDisk {
  private static final Logger LOG = LoggerFactory.getLogger(JoinedDisk.class);

  private final Disk data;
  private final Disk cold;
  private final Set<String> hidden = new HashSet<>();

  private JoinedDisk(Disk data, Disk cold) {
    super(data);
    this.data = data;
    this.cold = cold;
  }

  /// Takes over both disks, and closes them in the end.
  public static JoinedDisk of(Disk data, Disk cold) {
    return new JoinedDisk(data, cold);
  }

  private synchronized boolean mayBeCold(String name) {
    return name.startsWith(Packs.DIRECTORY + "/") && !hidden.contains(name);
  }

  private boolean isCold(String name) throws IOException {
    return mayBeCold(name) && cold.exists(name);
  }

  /// A file may move to the cold directory at any time. Of two copies the one here counts, unless
  /// only the other one is whole by its seal.
  @Override
  public DiskFile openForReading(String name) throws IOException {
    DiskFile here = openIfThere(data, name);
    if (here == null) {
      DiskFile there = mayBeCold(name) ? openIfThere(cold, name) : null;
      return there == null ? data.openForReading(name) : there;
    }
    if (!mayBeCold(name) || isWhole(here, name)) {
      return here;
    }
    DiskFile there = wholeColdCopy(name);
    if (there == null) {
      return here;
    }
    PackFile.close(here);
    return there;
  }

  private @Nullable DiskFile wholeColdCopy(String name) {
    try {
      DiskFile there = openIfThere(cold, name);
      if (there == null || isWhole(there, name)) {
        return there;
      }
      PackFile.close(there);
    } catch (IOException e) {
      LOG.debug("no copy of {} in {}", name, cold.describe(), e);
    }
    return null;
  }

  private static boolean isWhole(DiskFile file, String name) {
    return PackFile.isWhole(file, PackNames.id(name.substring(name.indexOf('/') + 1)));
  }

  /// Null also if it goes away meanwhile.
  private static @Nullable DiskFile openIfThere(Disk disk, String name) throws IOException {
    if (!disk.exists(name)) {
      return null;
    }
    try {
      return disk.openForReading(name);
    } catch (DiskException e) {
      if (disk.exists(name)) {
        throw e;
      }
      return null;
    }
  }

  @Override
  public boolean exists(String name) throws IOException {
    return data.exists(name) || isCold(name);
  }

  @Override
  public List<String> list(String of) throws IOException {
    if (!of.equals(Packs.DIRECTORY)) {
      return data.list(of);
    }
    // The cold directory last: what moves there meanwhile is in one of both lists.
    TreeSet<String> names = new TreeSet<>(data.list(of));
    for (String name : cold.list(of)) {
      if (mayBeCold(of + "/" + name)) {
        names.add(name);
      }
    }
    return List.copyOf(names);
  }

  @Override
  public synchronized void delete(String name) throws IOException {
    boolean there = isCold(name);
    if (there) {
      hidden.add(name);
    }
    if (!there || data.exists(name)) {
      data.delete(name);
    }
  }

  @Override
  public boolean link(String name, Disk target) {
    try {
      return !isCold(name) && data.link(name, target);
    } catch (IOException unknown) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    try (Disk closing = cold) {
      assert closing != null;
      data.close();
    }
  }
}
