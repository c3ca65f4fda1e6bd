package dev.topics.engine;

import dev.topics.storage.disk.Disk;
import java.util.UUID;

/// A second place for packs, usually larger and slower than the data directory.
///
/// @param disk a directory that belongs to this engine alone; it may be out of reach
/// @param hotRetainBytes how much of the newest packs stays in the data directory
/// @param newOwner a random id to mark the directory with if it is nobody's yet
public record ColdStorage(Disk disk, long hotRetainBytes, UUID newOwner) {
  public ColdStorage {
    if (hotRetainBytes < 0) {
      throw new IllegalArgumentException("no such number of bytes: " + hotRetainBytes);
    }
  }
}
