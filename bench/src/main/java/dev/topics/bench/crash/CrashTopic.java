package dev.topics.bench.crash;

/// A topic of a crash run and its durability class, as the configuration calls it.
record CrashTopic(String name, String durability) {
  boolean survivesKill() {
    return !durability.equals("ephemeral");
  }

  boolean survivesPowerCut() {
    return durability.equals("fsync");
  }

  /// A configuration with a window long enough for keys to outlive the run.
  String config() {
    return "{\"durability\":\"" + durability + "\",\"idempotency_window_ms\":86400000}";
  }
}
