package dev.topics.engine.upkeep;

import dev.topics.storage.pack.PackedRun;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/// Runs that could not be merged and packs that could not be moved, be they damaged or unreadable.
/// They are left alone for an hour, so that they hold up nothing else; then all are tried again,
/// since not all that fails once is damaged. What only lacked a descriptor is not among them.
///
/// **Threading** One thread, but for [#count].
final class SetAside {
  private static final long LAPSE_NANOS = 3_600_000_000_000L;

  private final Set<PackedRun> runs = new HashSet<>();
  private final Set<Long> packs = new HashSet<>();
  private long sinceNanos;
  private volatile int count;

  void addRuns(Collection<PackedRun> unreadable, long nowNanos) {
    begin(nowNanos);
    runs.addAll(unreadable);
    recount();
  }

  void addPack(long pack, long nowNanos) {
    begin(nowNanos);
    packs.add(pack);
    recount();
  }

  private void begin(long nowNanos) {
    if (isEmpty()) {
      sinceNanos = nowNanos;
    }
  }

  private void recount() {
    Set<Long> all = new HashSet<>(packs);
    runs.forEach(run -> all.add(run.pack()));
    count = all.size();
  }

  private boolean isEmpty() {
    return runs.isEmpty() && packs.isEmpty();
  }

  boolean contains(PackedRun run) {
    return runs.contains(run);
  }

  boolean contains(long pack) {
    return packs.contains(pack);
  }

  /// How many packs are concerned. Any thread.
  int count() {
    return count;
  }

  /// Forgets everything an hour after the first of it; answers whether there was something.
  boolean lapse(long nowNanos) {
    if (isEmpty() || nowNanos - sinceNanos <= LAPSE_NANOS) {
      return false;
    }
    runs.clear();
    packs.clear();
    count = 0;
    return true;
  }
}
