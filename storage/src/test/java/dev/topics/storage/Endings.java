package dev.topics.storage;

import dev.topics.storage.sim.Crash;

/// How the runs of a store ended, and what the next one must say about it.
final class Endings {
  private boolean started;
  private boolean clean;
  private boolean unsettledLoss;
  private boolean lossSinceOpen;

  /// An operation on the superblock failed half way: both the old and the new state are right.
  private boolean unsure;

  void crashed(Crash kind) {
    if (kind == Crash.POWER) {
      lossSinceOpen = true;
      unsettledLoss |= !clean;
    }
  }

  void closed() {
    clean = true;
    unsettledLoss = false;
  }

  void settled() {
    unsettledLoss = false;
  }

  /// The journal failed: after a failed sync that counts as a power loss, after others it need not.
  void journalFailed() {
    unsure = true;
  }

  void superblockFailed() {
    unsure = true;
  }

  boolean lossSinceOpen() {
    return lossSinceOpen;
  }

  void opened(PriorShutdown reported) {
    if (started && !unsure) {
      PriorShutdown expected =
          unsettledLoss
              ? PriorShutdown.POWER_LOSS
              : clean ? PriorShutdown.CLEAN : PriorShutdown.PROCESS_CRASH;
      StorageOracle.require(reported == expected, "took %s for %s", expected, reported);
    }
    started = true;
    unsettledLoss = reported == PriorShutdown.POWER_LOSS;
    clean = false;
    unsure = false;
    lossSinceOpen = false;
  }
}
