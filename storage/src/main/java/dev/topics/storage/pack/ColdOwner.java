package dev.topics.storage.pack;

import dev.topics.storage.disk.DirectoryLock;
import dev.topics.storage.disk.DirectoryLockedException;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.disk.LockMode;
import dev.topics.storage.disk.NewFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells whose a cold directory is: `owner` in it and `cold-owner` in the data directory hold the
/// same random id.
///
/// The id of the store cannot tell, since a backup has the same: a server on a restored backup must
/// not take the packs of the original for its own. No backup has `cold-owner`. A directory whose
/// disk is not mounted has no `owner`, and so is not ours either.
///
/// Two servers may hold the same id all the same: on copies of a data directory, or by a copied
/// file. So the cold directory is locked as well, from when it is ours. Without the lock it is not.
/// Who only reads there needs no lock: what reads find is checked, and whoever moves or deletes
/// packs does not mind readers.
///
/// **Threading** any thread; `cold owner`, its monitor, is held across disk I/O.
final class ColdOwner implements AutoCloseable {
  static final String THERE = "owner";
  static final String HERE = "cold-owner";
  private static final Logger LOG = LoggerFactory.getLogger(ColdOwner.class);
  private static final int BYTES_MAX = 100;

  private enum Whose {
    OURS,
    NOBODYS,

    /// Or that of a disk that is not mounted.
    ANOTHERS
  }

  private final Disk disk;
  private final Disk cold;
  private final UUID fresh;
  private @Nullable String told;
  private boolean toldOfLock;
  private boolean synced;
  private @Nullable DirectoryLock lock;

  /// @param fresh the id if there is none yet
  ColdOwner(Disk disk, Disk cold, UUID fresh) {
    this.disk = disk;
    this.cold = cold;
    this.fresh = fresh;
  }

  /// Whether packs in the directory are this store's, so that they may be deleted.
  boolean isOurs() throws IOException {
    return hasOurId() && isLocked();
  }

  private boolean hasOurId() throws IOException {
    String here = read(disk, HERE);
    return !here.isEmpty() && here.equals(read(cold, THERE));
  }

  /// Locks the directory if it has our id; fails with [DirectoryLockedException] if another server
  /// does so too. One that is nobody's is left alone, it may be where nothing is mounted.
  void lockIfOurs() throws IOException {
    if (hasOurId()) {
      lock();
    }
  }

  private synchronized void lock() throws IOException {
    if (lock == null) {
      try {
        lock = cold.lock(LockMode.EXCLUSIVE);
      } catch (DirectoryLockedException e) {
        throw new DirectoryLockedException(
            "cold directory: %s; each server needs its own".formatted(e.getMessage()));
      }
    }
  }

  /// Whether the lock is held now: one that could not be taken at the start is tried again. The
  /// first time that another server has it, says so in the log.
  private synchronized boolean isLocked() throws IOException {
    try {
      lock();
      toldOfLock = false;
      return true;
    } catch (DirectoryLockedException e) {
      if (!toldOfLock) {
        LOG.warn(
            "{}. Packs in it are read, but none is moved there or deleted while the other one runs",
            e.getMessage());
      }
      toldOfLock = true;
      return false;
    }
  }

  /// Whether the directory is ours or nobody's. The first time that it is neither, says so in the
  /// log.
  synchronized boolean isOursOrFree() throws IOException {
    return look() != Whose.ANOTHERS;
  }

  private Whose look() throws IOException {
    String here = read(disk, HERE);
    String there = read(cold, THERE);
    String reason = null;
    if (here.isEmpty()) {
      reason = hasPacks() ? "has packs, and this store never used it" : null;
    } else if (there.isEmpty()) {
      reason = "has no file \"" + THERE + "\": is its disk mounted?";
    } else if (!there.equals(here)) {
      reason = "belongs to another data directory";
    }
    tell(reason);
    if (reason != null) {
      return Whose.ANOTHERS;
    }
    return here.isEmpty() ? Whose.NOBODYS : Whose.OURS;
  }

  private void tell(@Nullable String reason) {
    if (reason != null && !reason.equals(told)) {
      LOG.warn(
          "the cold directory {} {}. Its packs are read, but none is moved there or deleted."
              + " Mount the right disk, or name a directory without packs and delete \"{}\" in {};"
              + " if the packs are of this data directory alone, stop the server and write the same"
              + " text into both \"{}\" there and \"{}\" here",
          cold.describe(),
          reason,
          HERE,
          disk.describe(),
          THERE,
          HERE);
    }
    told = reason;
  }

  /// Makes the directory ours if it is nobody's; answers whether it is ours, durably.
  ///
  /// It is looked at again under the lock, since two may find it free at once. Who was late, or
  /// fails, gives the lock back, or the owner could not start again.
  ///
  /// What a crash leaves in between is an `owner` of nobody, without packs: that is written anew.
  synchronized boolean claim() throws IOException {
    boolean wasLocked = lock != null;
    Whose whose = look();
    if (whose == Whose.ANOTHERS || !isLocked()) {
      return false;
    }
    boolean claimed = false;
    try {
      claimed = makeOurs(wasLocked ? whose : look());
      return claimed;
    } finally {
      if (!claimed && !wasLocked) {
        close();
      }
    }
  }

  private boolean makeOurs(Whose whose) throws IOException {
    switch (whose) {
      case ANOTHERS -> {
        return false;
      }
      case NOBODYS -> {
        String id = fresh.toString();
        write(cold, THERE, id);
        write(disk, HERE, id);
      }
      case OURS -> {
        if (!synced) {
          cold.syncDirectory("");
          disk.syncDirectory("");
        }
      }
    }
    synced = true;
    return true;
  }

  /// Gives the lock back. The descriptor is gone even if that fails, and the lock with it.
  @Override
  public synchronized void close() {
    DirectoryLock held = lock;
    lock = null;
    if (held != null) {
      try {
        held.close();
      } catch (IOException e) {
        LOG.warn("the lock of the cold directory could not be given back", e);
      }
    }
  }

  private boolean hasPacks() throws IOException {
    return cold.list(PackNames.DIRECTORY).stream().anyMatch(name -> PackNames.id(name) > 0);
  }

  private static String read(Disk from, String name) throws IOException {
    if (!from.exists(name)) {
      return "";
    }
    try (DiskFile file = from.openForReading(name);
        Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(Math.min(file.size(), BYTES_MAX));
      file.readFully(bytes, 0);
      return new String(bytes.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8).strip();
    }
  }

  private static void write(Disk to, String name, String id) throws IOException {
    byte[] line = (id + "\n").getBytes(StandardCharsets.UTF_8);
    try (NewFile made = NewFile.create(to, name);
        Arena arena = Arena.ofConfined()) {
      made.file().writeFully(arena.allocateFrom(ValueLayout.JAVA_BYTE, line), 0);
      made.publish();
    }
  }
}
