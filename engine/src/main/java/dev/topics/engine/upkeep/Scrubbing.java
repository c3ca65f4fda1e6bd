package dev.topics.engine.upkeep;

import dev.topics.engine.model.ScrubStats;
import dev.topics.engine.topic.Topic;
import dev.topics.engine.topic.Topics;
import dev.topics.engine.topic.View;
import dev.topics.storage.pack.PackDamage;
import dev.topics.storage.pack.PackedRun;
import dev.topics.storage.pack.Packs;
import dev.topics.storage.pack.Scrubber;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads all packs once a day, slowly, so that damage is noticed before somebody needs what is
/// damaged. Whoever reads that is refused for exactly these records, then as before.
///
/// **Threading** One thread at a time; [#stats] any thread. A step may block on the disk.
public final class Scrubbing implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Scrubbing.class);
  private static final long BYTES_PER_SECOND = 10_000_000;
  private static final long STEP_BYTES = 1 << 20;
  private static final long ROUND_NANOS = 86_400_000_000_000L;

  private final Topics topics;
  private final Inventory inventory;
  private final Scrubber scrubber;
  private final Allowance allowance;
  private long nextRoundAtNanos;
  private boolean inRound;
  private long damaged;
  private volatile boolean stopped;
  private volatile ScrubStats stats = new ScrubStats(0, 0, 0);

  public Scrubbing(Packs packs, Topics topics) {
    this.topics = topics;
    allowance = new Allowance(topics.clock(), BYTES_PER_SECOND);
    nextRoundAtNanos = topics.clock().nanos();
    inventory = new Inventory(packs, topics);
    scrubber = new Scrubber(packs, inventory, this::found);
  }

  /// Does all that may be done now, unless it is stopped meanwhile.
  public void run() {
    boolean more = true;
    while (more && !stopped) {
      more = step() > 0;
    }
  }

  /// Makes [#run] return soon.
  public void stop() {
    stopped = true;
  }

  /// Reads some more; returns 0 if there is nothing to do for now.
  public int step() {
    long now = topics.clock().nanos();
    if ((!inRound && now < nextRoundAtNanos) || !allowance.isLeft()) {
      return 0;
    }
    if (!inRound) {
      inRound = true;
      inventory.takeStock();
      nextRoundAtNanos = now + ROUND_NANOS;
    }
    long rounds = scrubber.rounds();
    long bytes = scrubber.step(STEP_BYTES);
    allowance.take(bytes);
    inRound = scrubber.rounds() == rounds;
    stats = new ScrubStats(scrubber.rounds(), stats.bytes() + bytes, damaged);
    return 1;
  }

  private void found(PackDamage damage) {
    if (!inventory.isStillNeeded(damage)) {
      return;
    }
    damaged++;
    log.error(
        "pack {} is damaged, owner {}, seqs {} to {}: {}",
        damage.pack(),
        damage.owner(),
        damage.firstSeq(),
        damage.lastSeq(),
        damage.what());
  }

  /// What was done so far.
  public ScrubStats stats() {
    return stats;
  }

  @Override
  public void close() {
    scrubber.close();
  }

  /// What topics know of packs, as it was when the round began.
  private static final class Inventory implements Scrubber.Inventory {
    private final Packs packs;
    private final Topics topics;
    private final Map<Long, List<PackedRun>> runs = new HashMap<>();
    private final Set<Long> owners = new HashSet<>();
    private NavigableSet<Long> ids = new TreeSet<>();
    private long damagedPack;

    Inventory(Packs packs, Topics topics) {
      this.packs = packs;
      this.topics = topics;
    }

    @Override
    public long nextPack(long pack) {
      Long next = ids.higher(pack);
      if (next == null) {
        runs.clear();
        ids = new TreeSet<>();
        return 0;
      }
      return next;
    }

    @Override
    public List<PackedRun> runs(long pack) {
      return runs.getOrDefault(pack, List.of());
    }

    /// Looks at all topics, for the round that begins.
    void takeStock() {
      damagedPack = 0;
      ids = new TreeSet<>(packs.admitted());
      visit(run -> runs.computeIfAbsent(run.pack(), _ -> new ArrayList<>()).add(run));
    }

    /// Whether what is damaged still counts: merges and evictions go on during a round. All topics
    /// are looked at once for each pack with damage.
    boolean isStillNeeded(PackDamage damage) {
      if (damagedPack != damage.pack()) {
        damagedPack = damage.pack();
        owners.clear();
        visit(run -> {
          if (run.pack() == damage.pack()) {
            owners.add(run.owner());
          }
        });
      }
      return damage.owner() == 0
          ? packs.admitted().contains(damage.pack())
          : owners.contains(damage.owner());
    }

    private void visit(Consumer<PackedRun> visitor) {
      for (Topic topic : topics.table().all()) {
        View view = topic.glimpse();
        view.index().runs(view.earliest(), visitor);
      }
    }
  }
}
