package dev.topics.cli;

import dev.topics.engine.model.InconsistentLogException;
import dev.topics.storage.disk.RefusedException;
import dev.topics.storage.journal.DamagedException;

/// What the status of the process says.
final class ExitStatus {
  static final int OK = 0;

  /// It could not be done.
  static final int FAILED = 1;

  /// It was not asked for properly.
  static final int USAGE = 2;

  /// Stored data is damaged, or not what this version can read.
  static final int DAMAGED = 3;

  private ExitStatus() {}

  /// The status of any command that ends with `failure`.
  static int of(Exception failure) {
    return switch (failure) {
      case DamagedException _, InconsistentLogException _, RefusedException _ -> DAMAGED;
      default -> FAILED;
    };
  }
}
