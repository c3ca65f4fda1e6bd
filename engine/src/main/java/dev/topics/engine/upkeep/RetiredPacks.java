package dev.topics.engine.upkeep;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Packs that no topic refers to any more. They stay until a checkpoint knows it: were a frame lost
/// that tells what took their place, everything in them would be.
///
/// **Threading** One thread; what concerns checkpoints, any.
final class RetiredPacks {
  private final Map<Long, Long> lsns = new HashMap<>();
  private volatile long awaitedLsn;
  private volatile long checkpointedLsn;

  /// No topic refers to `packs` from frame `lsn` on, or earlier.
  void add(Set<Long> packs, long lsn) {
    packs.forEach(pack -> lsns.putIfAbsent(pack, lsn));
    countAwaited();
  }

  private void countAwaited() {
    awaitedLsn = lsns.values().stream().mapToLong(Long::longValue).max().orElse(0);
  }

  /// Takes those that nothing needs.
  ///
  /// @param all whether none has to wait for a checkpoint
  List<Long> take(boolean all) {
    long known = checkpointedLsn;
    List<Long> needless =
        lsns.keySet().stream().filter(pack -> all || lsns.getOrDefault(pack, 0L) <= known).toList();
    if (!needless.isEmpty()) {
      needless.forEach(lsns::remove);
      countAwaited();
    }
    return needless;
  }

  /// The frame that a checkpoint must know before all can go; 0 if there are none.
  long awaitedLsn() {
    return awaitedLsn;
  }

  /// A checkpoint counts that knows everything up to frame `lsn`.
  void checkpointed(long lsn) {
    checkpointedLsn = lsn;
  }
}
