package dev.topics.engine.simulation;

import dev.topics.engine.ColdStorage;
import dev.topics.storage.disk.Disk;
import java.util.UUID;

/// Cold directories for tests in which only one store has one.
final class ColdDisks {
  private ColdDisks() {}

  static ColdStorage of(Disk cold, long hotRetainBytes) {
    return new ColdStorage(cold, hotRetainBytes, new UUID(1, 2));
  }
}
