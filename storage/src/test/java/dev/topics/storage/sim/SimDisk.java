package dev.topics.storage.sim;

import dev.topics.storage.disk.DirectoryLock;
import dev.topics.storage.disk.DirectoryLockedException;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskException;
import dev.topics.storage.disk.DiskFailedException;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.disk.DiskFullException;
import dev.topics.storage.disk.LockMode;
import dev.topics.storage.disk.MapMode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A disk in memory that fails and crashes as told, the same way for the same seed.
///
/// Data, sizes and names become durable independently of each other: by a sync, or at any time
/// before (sectors are written back at random between operations), or by the luck of a crash.
///
/// **Threading** any thread.
public final class SimDisk implements Disk {
  /// Stands for no limit.
  public static final long UNLIMITED = 1L << 50;

  private final RandomGenerator random;
  private final Arena arena;
  private final SimNames names;
  private final String bootId;
  private final List<Fault> faults = new ArrayList<>();
  private FailedSync failedSync = FailedSync.MARKS_CLEAN;
  private long capacityBytes = UNLIMITED;
  private int writeBackInEight = 2;
  private long operations;
  private boolean exclusivelyLocked;
  private int sharedLocks;
  private boolean mappingsUnreadable;
  private boolean dead;

  public SimDisk(long seed) {
    this(new SplittableRandom(seed), Arena.ofAuto(), new SimNames(), null);
  }

  private SimDisk(RandomGenerator random, Arena arena, SimNames names, @Nullable String bootId) {
    this.random = random;
    this.arena = arena;
    this.names = names;
    this.bootId =
        bootId == null ? new UUID(random.nextLong(), random.nextLong()).toString() : bootId;
  }

  /// Ends this run; the answer is the disk as the next run finds it, without faults. Any later use
  /// of this disk fails, but files can be closed.
  public synchronized SimDisk crash(Crash kind) {
    dead = true;
    Arena arenaOfNext = Arena.ofAuto();
    SimNames survived = afterCrash(kind, arenaOfNext);
    SimDisk next =
        new SimDisk(random, arenaOfNext, survived, kind == Crash.PROCESS ? bootId : null);
    next.failedSync = failedSync;
    next.capacityBytes = capacityBytes;
    next.writeBackInEight = writeBackInEight;
    return next;
  }

  private SimNames afterCrash(Crash kind, Arena next) {
    // Now and then everything, or nothing, that was not synced is lost.
    int odds = random.nextInt(9);
    return switch (kind) {
      case PROCESS -> names.afterProcessCrash(inode -> inode.afterProcessCrash(next));
      case POWER ->
          names.afterPowerLoss(inode -> inode.afterPowerLoss(next, random, odds), random, odds);
    };
  }

  /// Another disk with the same files, as after a crash of the process; this one stays.
  public synchronized SimDisk copy() {
    Arena arenaOfCopy = Arena.ofAuto();
    SimNames same = names.afterProcessCrash(inode -> inode.afterProcessCrash(arenaOfCopy));
    SimDisk copy = new SimDisk(new SplittableRandom(random.nextLong()), arenaOfCopy, same, bootId);
    copy.writeBackInEight = writeBackInEight;
    return copy;
  }

  public synchronized SimDisk fail(Fault fault) {
    faults.add(fault);
    return this;
  }

  /// The disk works from now on.
  public synchronized SimDisk noFaults() {
    faults.clear();
    names.inodes().forEach(SimInode::heal);
    return this;
  }

  /// Whether there is a file that fails for good, see [FailedSync#STAYS_BROKEN].
  public synchronized boolean isBroken() {
    return names.hasBroken();
  }

  public synchronized SimDisk failedSync(FailedSync model) {
    failedSync = model;
    return this;
  }

  /// Nothing reaches the disk before it is synced, here and in copies: less work where the power
  /// stays on.
  public synchronized SimDisk withoutWriteBack() {
    writeBackInEight = 0;
    return this;
  }

  public synchronized SimDisk capacity(long bytes) {
    capacityBytes = bytes;
    return this;
  }

  /// Whether mapped pages cannot be brought into memory.
  public synchronized SimDisk mappingsUnreadable(boolean unreadable) {
    mappingsUnreadable = unreadable;
    return this;
  }

  /// Operations so far; a [Fault] counts them from 0.
  public synchronized long operations() {
    return operations;
  }

  /// All files, sorted by name.
  public synchronized List<String> files() {
    return List.copyOf(names.files().keySet());
  }

  public synchronized long size(String name) {
    return inode(name).size();
  }

  /// A copy of what a process sees of a file.
  public synchronized byte[] bytes(String name) {
    return inode(name).bytes();
  }

  /// Bits of one byte rot.
  public synchronized void flip(String name, long offset, int mask) {
    byte before = inode(name).cache().get(ValueLayout.JAVA_BYTE, offset);
    inode(name).corrupt(offset, new byte[] {(byte) (before ^ mask)});
  }

  /// Bytes on the disk become others.
  public synchronized void overwrite(String name, long offset, byte[] bytes) {
    inode(name).corrupt(offset, bytes);
  }

  /// A sector is written to the place of another one as well.
  public synchronized void misdirect(String from, long fromSector, String to, long toSector) {
    byte[] sector =
        inode(from)
            .cache()
            .asSlice(fromSector * SimInode.SECTOR_BYTES, SimInode.SECTOR_BYTES)
            .toArray(ValueLayout.JAVA_BYTE);
    inode(to).corrupt(toSector * SimInode.SECTOR_BYTES, sector);
  }

  /// The end of a file is gone.
  public synchronized void cut(String name, long size) {
    inode(name).cut(size);
  }

  /// A file vanishes for good.
  public synchronized void lose(String name) {
    names.lose(name);
  }

  @Override
  public synchronized DiskFile open(String name) throws IOException {
    begin(Operation.OPEN, name);
    return new SimFile(name, requireFile(name));
  }

  @Override
  public synchronized DiskFile openForReading(String name) throws IOException {
    return open(name);
  }

  @Override
  public synchronized DiskFile create(String name) throws IOException {
    if (names.find(name) != null) {
      throw new DiskFailedException("file exists: " + name);
    }
    requireDirectory(name);
    SimInode inode = new SimInode(arena);
    change(Operation.CREATE, name, () -> names.put(name, inode));
    return new SimFile(name, inode);
  }

  @Override
  public synchronized boolean exists(String name) throws IOException {
    begin(Operation.LIST, name);
    return names.find(name) != null;
  }

  @Override
  public synchronized List<String> list(String directory) throws IOException {
    begin(Operation.LIST, directory);
    return names.list(directory);
  }

  @Override
  public synchronized void makeDirectory(String name) throws IOException {
    change(
        Operation.MAKE_DIRECTORY,
        name,
        () -> {
          if (!names.hasDirectory(name)) {
            names.makeDirectory(name);
          }
        });
  }

  @Override
  public synchronized void rename(String from, String to) throws IOException {
    requireFile(from);
    change(Operation.RENAME, from, () -> names.move(from, to));
  }

  @Override
  public synchronized void delete(String name) throws IOException {
    requireFile(name);
    change(Operation.DELETE, name, () -> names.remove(name));
  }

  @Override
  public synchronized void syncDirectory(String directory) throws IOException {
    if (!names.hasDirectory(directory)) {
      throw new DiskFailedException("no such directory: " + directory);
    }
    change(Operation.SYNC_DIRECTORY, directory, () -> names.sync(directory));
  }

  /// Is no operation that a [Fault] counts: whoever looks at the outcome reads through mappings
  /// too.
  @Override
  public synchronized void load(MemorySegment mapping, long offset, long endOffset)
      throws IOException {
    assert offset >= 0 && endOffset <= mapping.byteSize() : offset;
    if (mappingsUnreadable) {
      throw eio(Operation.READ, "a mapping");
    }
  }

  @Override
  public synchronized long freeBytes() throws IOException {
    begin(Operation.FREE_BYTES, "");
    return free();
  }

  @Override
  public synchronized DirectoryLock lock(LockMode mode) throws IOException {
    begin(Operation.LOCK, "");
    if (exclusivelyLocked || (mode == LockMode.EXCLUSIVE && sharedLocks > 0)) {
      throw new DirectoryLockedException("the directory sim is in use by another process");
    }
    if (mode == LockMode.EXCLUSIVE) {
      exclusivelyLocked = true;
    } else {
      sharedLocks++;
    }
    return () -> unlock(mode);
  }

  private synchronized void unlock(LockMode mode) {
    if (mode == LockMode.EXCLUSIVE) {
      exclusivelyLocked = false;
    } else {
      sharedLocks--;
    }
  }

  @Override
  public String bootId() {
    return bootId;
  }

  @Override
  public String describe() {
    return "sim";
  }

  @Override
  public void close() {}

  private SimInode inode(String name) {
    SimInode inode = names.find(name);
    if (inode == null) {
      throw new IllegalArgumentException("no such file: " + name);
    }
    return inode;
  }

  private SimInode requireFile(String name) throws DiskException {
    SimInode inode = names.find(name);
    if (inode == null) {
      throw new DiskFailedException("no such file: " + name);
    }
    return inode;
  }

  private void requireDirectory(String name) throws DiskException {
    int slash = name.indexOf('/');
    if (slash >= 0 && !names.hasDirectory(name.substring(0, slash))) {
      throw new DiskFailedException("no such directory: " + name.substring(0, slash));
    }
  }

  private long free() {
    return Math.max(0, capacityBytes - names.bytes());
  }

  /// An operation on names. If it fails with EIO it may have happened all the same.
  private void change(Operation operation, String name, Runnable effect) throws DiskException {
    Fault.Kind kind = beginMayFail(operation);
    if (kind == null || (kind == Fault.Kind.EIO && !dead && random.nextBoolean())) {
      effect.run();
    }
    failIf(kind, operation, name);
  }

  /// Counts the operation, lets time pass, and fails if a fault says so (short writes aside).
  private void begin(Operation operation, String name) throws DiskException {
    failIf(beginMayFail(operation), operation, name);
  }

  private static void failIf(Fault.@Nullable Kind kind, Operation operation, String name)
      throws DiskException {
    if (kind == Fault.Kind.EIO) {
      throw eio(operation, name);
    }
    if (kind == Fault.Kind.ENOSPC) {
      throw new DiskFullException("no space left on device: " + operation + " " + name);
    }
  }

  private Fault.@Nullable Kind beginMayFail(Operation operation) {
    if (dead) {
      return operation == Operation.CLOSE ? null : Fault.Kind.EIO;
    }
    long index = operations++;
    writeBackSome();
    for (int i = 0; i < faults.size(); i++) {
      Fault fault = faults.get(i);
      if (index >= fault.operation() && operation.canFail(fault.kind())) {
        if (!fault.always()) {
          faults.remove(i);
        }
        return fault.kind();
      }
    }
    return null;
  }

  private void writeBackSome() {
    if (random.nextInt(8) < writeBackInEight) {
      names.writeBackSome(random);
    }
  }

  private static DiskFailedException eio(Operation operation, String name) {
    return new DiskFailedException("input/output error: " + operation + " " + name);
  }

  /// A descriptor.
  private final class SimFile implements DiskFile {
    private final String name;
    private final SimInode inode;

    SimFile(String name, SimInode inode) {
      this.name = name;
      this.inode = inode;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public long size() throws IOException {
      synchronized (SimDisk.this) {
        begin(Operation.SIZE, name);
        return inode.size();
      }
    }

    @Override
    public long read(MemorySegment target, long offset) throws IOException {
      synchronized (SimDisk.this) {
        begin(Operation.READ, name);
        long bytes = Math.max(0, Math.min(target.byteSize(), inode.size() - offset));
        MemorySegment.copy(inode.cache(), offset, target, 0, bytes);
        return bytes;
      }
    }

    @Override
    public long write(MemorySegment source, long offset) throws IOException {
      synchronized (SimDisk.this) {
        Fault.Kind kind = beginMayFail(Operation.WRITE);
        long asked = source.byteSize();
        long room = Math.max(0, inode.size() - offset) + free();
        long bytes = Math.min(asked, room);
        if (kind != null) {
          bytes =
              bytes <= 1 ? bytes : random.nextLong(kind == Fault.Kind.SHORT_WRITE ? 1 : 0, bytes);
        }
        inode.write(source, bytes, offset);
        if (kind == Fault.Kind.EIO) {
          throw eio(Operation.WRITE, name);
        }
        if (kind == Fault.Kind.ENOSPC || (bytes == 0 && asked > 0)) {
          throw new DiskFullException("no space left on device: write " + name);
        }
        return bytes;
      }
    }

    @Override
    public void allocate(long offset, long endOffset) throws IOException {
      synchronized (SimDisk.this) {
        Fault.Kind kind = beginMayFail(Operation.ALLOCATE);
        if (kind == Fault.Kind.ENOSPC || endOffset - inode.size() > free()) {
          throw new DiskFullException("no space left on device: allocate " + name);
        }
        inode.truncate(Math.max(inode.size(), endOffset));
        if (kind != null) {
          throw eio(Operation.ALLOCATE, name);
        }
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      synchronized (SimDisk.this) {
        begin(Operation.TRUNCATE, name);
        inode.truncate(size);
      }
    }

    @Override
    public MemorySegment map(Arena mapping, long size, MapMode mode) throws IOException {
      synchronized (SimDisk.this) {
        begin(Operation.MAP, name);
        if (size > inode.size()) {
          throw new DiskFailedException("mapped beyond the end: " + name);
        }
        MemorySegment segment = mapped(mapping, size);
        return mode == MapMode.READ_WRITE ? segment : segment.asReadOnly();
      }
    }

    /// The cleanup keeps the memory reachable for as long as the mapping lives.
    @SuppressWarnings("restricted")
    private MemorySegment mapped(Arena mapping, long size) {
      MemorySegment cache = inode.cache();
      return cache.reinterpret(size, mapping, _ -> cache.byteSize());
    }

    @Override
    public void sync() throws IOException {
      synchronized (SimDisk.this) {
        Fault.Kind kind = beginMayFail(Operation.SYNC);
        if (inode.isBroken()) {
          throw eio(Operation.SYNC, name);
        }
        if (kind != null) {
          inode.failSync(failedSync, random);
          throw kind == Fault.Kind.ENOSPC
              ? new DiskFullException("no space left on device: sync " + name)
              : eio(Operation.SYNC, name);
        }
        inode.sync();
      }
    }

    @Override
    public void close() throws IOException {
      synchronized (SimDisk.this) {
        begin(Operation.CLOSE, name);
      }
    }
  }
}
