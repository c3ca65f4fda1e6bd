package dev.topics.storage.sim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.BitSet;
import java.util.random.RandomGenerator;

/// A file: what the page cache shows, and what the disk has.
///
/// A sector is dirty if the two differ, unless a failed sync made the operating system believe that
/// it is clean. Mapped writes are seen by comparing.
final class SimInode {
  static final int SECTOR_BYTES = 512;
  private static final long CAPACITY_BYTES = 64 << 10;

  private final Arena arena;
  private MemorySegment cache;
  private long size;
  private byte[] durable;
  private long durableSize;

  /// Sectors that count as clean though the disk has other bytes, and what they showed then.
  private final BitSet believedClean = new BitSet();

  private byte[] believed = new byte[0];
  private boolean broken;

  SimInode(Arena arena) {
    this.arena = arena;
    this.cache = arena.allocate(SECTOR_BYTES, Long.BYTES);
    this.durable = new byte[SECTOR_BYTES];
  }

  long size() {
    return size;
  }

  MemorySegment cache() {
    return cache;
  }

  boolean isBroken() {
    return broken;
  }

  void heal() {
    broken = false;
  }

  void write(MemorySegment source, long sourceBytes, long offset) {
    grow(Math.max(size, offset + sourceBytes));
    MemorySegment.copy(source, 0, cache, offset, sourceBytes);
    int first = (int) (offset / SECTOR_BYTES);
    int end = (int) ((offset + sourceBytes + SECTOR_BYTES - 1) / SECTOR_BYTES);
    believedClean.clear(first, Math.max(first, end));
  }

  byte[] bytes() {
    return cache.asSlice(0, size).toArray(ValueLayout.JAVA_BYTE);
  }

  /// The rest of the file is gone, on the disk too.
  void cut(long newSize) {
    truncate(newSize);
    sync();
  }

  void truncate(long newSize) {
    if (newSize < size) {
      cache.asSlice(newSize, size - newSize).fill((byte) 0);
      size = newSize;
    } else {
      grow(newSize);
    }
  }

  /// All dirty sectors and the size reach the disk.
  void sync() {
    for (int i = 0; i < sectors(); i++) {
      if (isDirty(i)) {
        toDisk(i);
      }
    }
    durableSize = size;
  }

  void failSync(FailedSync model, RandomGenerator random) {
    for (int i = 0; i < sectors(); i++) {
      if (isDirty(i)) {
        failSector(i, model, random);
      }
    }
    broken |= model == FailedSync.STAYS_BROKEN;
  }

  private void failSector(int sector, FailedSync model, RandomGenerator random) {
    if (model != FailedSync.STAYS_BROKEN && random.nextBoolean()) {
      toDisk(sector);
      return;
    }
    switch (model) {
      case MARKS_CLEAN -> {
        believed = Arrays.copyOf(believed, durable.length);
        copy(sector, believed);
        believedClean.set(sector);
      }
      case DROPS -> MemorySegment.copy(durable, at(sector), cache, BYTE, at(sector), SECTOR_BYTES);
      case STAYS_BROKEN -> {}
    }
  }

  /// The operating system writes one sector back, if it is dirty.
  void writeBack(int sector) {
    if (isDirty(sector)) {
      toDisk(sector);
    }
  }

  int sectors() {
    return (int) ((size + SECTOR_BYTES - 1) / SECTOR_BYTES);
  }

  boolean isDirty(int sector) {
    if (believedClean.get(sector)) {
      return differs(sector, believed);
    }
    return differs(sector, durable);
  }

  /// The file as the next process finds it: the page cache as it is.
  SimInode afterProcessCrash(Arena next) {
    SimInode copy = new SimInode(next);
    copy.grow(size);
    MemorySegment.copy(cache, 0, copy.cache, 0, size);
    copy.durable = Arrays.copyOf(durable, Math.max(durable.length, copy.durable.length));
    copy.durableSize = durableSize;
    copy.believedClean.or(believedClean);
    copy.believed = Arrays.copyOf(believed, copy.durable.length);
    copy.broken = broken;
    return copy;
  }

  /// The file as the next boot finds it: each dirty sector and the size may have made it.
  SimInode afterPowerLoss(Arena next, RandomGenerator random, int oddsInEight) {
    byte[] disk = durable.clone();
    for (int i = 0; i < sectors(); i++) {
      if (isDirty(i) && random.nextInt(8) < oddsInEight) {
        copy(i, disk);
      }
    }
    SimInode copy = new SimInode(next);
    long survived = random.nextInt(8) < oddsInEight ? size : durableSize;
    copy.grow(survived);
    MemorySegment.copy(disk, 0, copy.cache, BYTE, 0, (int) survived);
    copy.durableSize = survived;
    copy.cacheToDisk();
    return copy;
  }

  /// Changes bytes on the disk, and what a process sees of them, behind everybody's back.
  void corrupt(long offset, byte[] bytes) {
    MemorySegment.copy(bytes, 0, cache, BYTE, offset, bytes.length);
    System.arraycopy(bytes, 0, durable, (int) offset, bytes.length);
  }

  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

  private void cacheToDisk() {
    MemorySegment.copy(cache, BYTE, 0, durable, 0, (int) size);
  }

  private void toDisk(int sector) {
    copy(sector, durable);
    believedClean.clear(sector);
  }

  private void copy(int sector, byte[] to) {
    MemorySegment.copy(cache, BYTE, at(sector), to, at(sector), SECTOR_BYTES);
  }

  private boolean differs(int sector, byte[] other) {
    long start = at(sector);
    long end = start + SECTOR_BYTES;
    return MemorySegment.mismatch(cache, start, end, MemorySegment.ofArray(other), start, end)
        != -1;
  }

  private static int at(int sector) {
    return sector * SECTOR_BYTES;
  }

  /// Mappings stay right as long as there is capacity; a mapping made before keeps showing the file
  /// as it was once that is used up.
  private void grow(long newSize) {
    int bytes = Math.toIntExact((newSize + SECTOR_BYTES - 1) / SECTOR_BYTES * SECTOR_BYTES);
    if (bytes > cache.byteSize()) {
      long capacity = bytes > 4096 ? Math.max(CAPACITY_BYTES, bytes * 2L) : bytes;
      MemorySegment larger = arena.allocate(capacity, Long.BYTES);
      MemorySegment.copy(cache, 0, larger, 0, size);
      cache = larger;
    }
    if (bytes > durable.length) {
      durable = Arrays.copyOf(durable, bytes);
      believed = Arrays.copyOf(believed, bytes);
    }
    size = newSize;
  }
}
