package dev.topics.engine.upkeep;

import dev.topics.engine.model.PackStats;
import dev.topics.engine.topic.BlockReader;
import dev.topics.engine.topic.Topic;
import dev.topics.engine.topic.Topics;
import dev.topics.storage.Store;
import dev.topics.storage.disk.DiskException;
import dev.topics.storage.disk.DiskFullException;
import dev.topics.storage.disk.ProcessExhaustedException;
import dev.topics.storage.journal.JournalState;
import dev.topics.storage.journal.SealedFile;
import dev.topics.storage.pack.ImmovablePackException;
import dev.topics.storage.pack.PackDamagedException;
import dev.topics.storage.pack.PackOptions;
import dev.topics.storage.pack.PackWriter;
import dev.topics.storage.pack.PackedRun;
import dev.topics.storage.pack.Packs;
import dev.topics.storage.pack.Tier;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Moves records from full files of the journal into packs, sorted by topic, while everybody else
/// goes on; merges packs and rewrites those that are mostly dead; moves old ones to the cold
/// directory; and deletes those that no topic refers to any more.
///
/// A pack is durable before any frame speaks of it. Then each topic is told of its run by an
/// operation of its own; what is not told, because its topic is gone or because a crash came before
/// the frame was durable, stays where it was (ADR 0011).
///
/// **Threading** One thread at a time. A step holds the commit lock for a few topics, or for one
/// frame of moderate size, and may block on the disk without it.
public final class Packer extends Chore {
  private static final Logger log = LoggerFactory.getLogger(Packer.class);
  private static final long SURVEY_NANOS = 10_000_000_000L;

  /// How fast packs are merged and moved: what is new has the disk first.
  private static final long BYTES_PER_SECOND = 64 << 20;

  /// The mark of the store that holds the highest id of a pack.
  private static final int PACK_MARK = 0;

  /// How many full files of the journal stay as they are: what is read most, and dies young.
  private static final int KEPT_FILES = 1;

  /// After so many packs that took the place of others, old ones are moved first.
  private static final int PLANS_IN_A_ROW_MAX = 8;

  private static final long ROOM_NANOS = 10_000_000_000L;

  /// How long files of the journal wait for others to be packed with.
  private static final long WAIT_NANOS = 60_000_000_000L;

  private final Store store;
  private final Packs packs;
  private final Topics topics;
  private final long hotRetainBytes;
  private final BlockReader blocks;
  private final PackPolicy policy;
  private final Planner planner;
  private final Allowance allowance;
  private final SetAside aside = new SetAside();
  private final RetiredPacks retired = new RetiredPacks();
  private @Nullable Packing packing;
  private @Nullable Merging merging;
  private @Nullable Relocation relocation;
  private @Nullable PackSurvey survey;
  private int plansInARow;
  private int filesAtOnce = 1;
  private long waitingSinceNanos;

  /// The last frame when a pack was begun though a file of the journal was larger than what is
  /// free: before another, records must have gone, so that few are left in the file. It may take
  /// half of what is free; the rest is for the checkpoint without which the file stays.
  private long shortLsn = -1;

  /// When the journal is packed again if the last pack was too large. Meanwhile others are
  /// rewritten, which makes room.
  private long roomAtNanos;

  private volatile long packedFile;

  /// How many packs were to be moved when none could be.
  private volatile int notMoved;

  private long surveyedLsn = -1;
  private long surveyAtNanos;
  private volatile PackStats stats = PackStats.NONE;

  /// @param hotRetainBytes how much of the newest packs stays where it is if there is a cold
  ///   directory
  public Packer(Store store, Packs packs, Topics topics, long hotRetainBytes) {
    super(topics.clock(), "no pack could be written");
    this.store = store;
    this.packs = packs;
    this.topics = topics;
    this.hotRetainBytes = hotRetainBytes;
    blocks = topics.newSweepingReader();
    PackOptions options = packs.options();
    policy = new PackPolicy(options.mergePacks(), options.smallRunBytes());
    planner = new Planner(store, packs, policy);
    allowance = new Allowance(topics.clock(), BYTES_PER_SECOND);
    surveyAtNanos = topics.clock().nanos();
    waitingSinceNanos = surveyAtNanos;
    roomAtNanos = surveyAtNanos;
  }

  /// Topics in the order in which a pack has them. Each is looked at once: they are not in the
  /// caches when there are many.
  static List<Topic> byId(Collection<Topic> topics) {
    record Numbered(long id, Topic topic) {}
    return topics.stream()
        .map(topic -> new Numbered(topic.id(), topic))
        .sorted(Comparator.comparingLong(Numbered::id))
        .map(Numbered::topic)
        .toList();
  }

  /// An id that no pack of the store ever had, durably.
  public static long nextPack(Store store) throws IOException {
    long id = store.highWaterMark(PACK_MARK) + 1;
    store.raiseHighWaterMark(PACK_MARK, id);
    return id;
  }

  /// The last file of the journal whose records lie in packs, but for those that cannot be read; 0
  /// if there is none yet.
  long packedFile() {
    return packedFile;
  }

  /// Packs that wait to be deleted.
  RetiredPacks retired() {
    return retired;
  }

  /// What was done so far.
  public PackStats stats() {
    return stats.withSetAside(aside.count() + notMoved);
  }

  private void count(PackStats more) {
    stats = stats.plus(more);
  }

  /// Begins a pack.
  PackWriter newPack() throws IOException {
    return packs.create(nextPack(store));
  }

  @Override
  int work() throws IOException {
    if (topics.commits().refusal() != null) {
      return 0;
    }
    Packing current = packing;
    if (current != null) {
      goOn(current);
      return 1;
    }
    return beginPacking() || replace() || relocate() || dropRetired() || survey() ? 1 : 0;
  }

  private void goOn(Packing current) throws IOException {
    boolean more = false;
    boolean isTooLarge;
    try {
      more = current.step();
      isTooLarge = current.isTooLarge();
    } catch (DiskFullException full) {
      log.warn("no pack could be written; the next attempt follows in ten seconds", full);
      isTooLarge = true;
    }
    if (isTooLarge) {
      packing = null;
      roomAtNanos = topics.clock().nanos() + ROOM_NANOS;
      current.close();
    } else if (!more) {
      end(current);
    }
  }

  private boolean beginPacking() throws IOException {
    boolean diskFull = store.journal().state() == JournalState.DISK_FULL;
    List<SealedFile> sealed = store.journal().sealedFiles();
    List<SealedFile> due =
        sealed.stream()
            .limit(Math.max(0, sealed.size() - (diskFull ? 0 : KEPT_FILES)))
            .filter(file -> file.sequence() > packedFile)
            .toList();
    long now = topics.clock().nanos();
    if (due.isEmpty()) {
      waitingSinceNanos = now;
    }
    boolean mayWait = !diskFull && due.size() < filesAtOnce && now - waitingSinceNanos < WAIT_NANOS;
    if (due.isEmpty() || mayWait || now < roomAtNanos) {
      return false;
    }
    int files = 1;
    long room = Long.MAX_VALUE;
    long free = packs.freeBytes();
    if (diskFull || free < due.getFirst().bytes()) {
      long lsn = topics.commits().lastLsn();
      if (lsn == shortLsn) {
        return false;
      }
      shortLsn = lsn;
      room = free / 2;
    } else {
      files = policy.filesThatFit(due, free);
    }
    long last = due.get(files - 1).sequence();
    packing = new Packing(this, topics, blocks, files, last, room, topics.table().all());
    return true;
  }

  private void end(Packing ended) throws IOException {
    packing = null;
    ended.close();
    if (ended.isInstalled()) {
      packedFile = ended.file();
      waitingSinceNanos = topics.clock().nanos();
      long bodyBytes = ended.runs().stream().mapToLong(PackedRun::bodyBytes).sum();
      filesAtOnce = policy.filesAtOnce(ended.files(), ended.runs().size(), bodyBytes);
      count(PackStats.ofWritten(ended.writtenBytes()));
    } else {
      surveyedLsn = -1;
      retryLater();
    }
  }

  /// Goes on with a merge.
  private boolean replace() throws IOException {
    Merging current = merging;
    if (current == null || !allowance.isLeft()) {
      return false;
    }
    long before = current.bytes();
    try {
      boolean more = current.step();
      allowance.take(current.bytes() - before);
      if (current.isTooLarge()) {
        abandon(current);
      } else if (!more) {
        end(current);
      }
    } catch (DiskFullException full) {
      log.warn("no pack could be written", full);
      abandon(current);
    } catch (PackDamagedException damaged) {
      throwIfExhausted(damaged);
      log.error("packs cannot be merged: some records cannot be read", damaged);
      aside.addRuns(current.runsOf(damaged.pack(), damaged.owner()), topics.clock().nanos());
      surveyedLsn = -1;
      merging = null;
      current.close();
    }
    return true;
  }

  private void end(Merging ended) throws IOException {
    merging = null;
    ended.close();
    if (ended.isInstalled()) {
      count(PackStats.ofMerged(ended.writtenBytes()));
      surveyAtNanos = topics.clock().nanos();
    } else if (ended.isWritten()) {
      surveyedLsn = -1;
      retryLater();
    }
  }

  private void abandon(Merging tooLarge) throws IOException {
    log.info("there is no room for a pack that was to take the place of others");
    planner.wasTooLarge();
    surveyedLsn = -1;
    merging = null;
    tooLarge.close();
  }

  /// Goes on with a move to the cold directory.
  private boolean relocate() throws IOException {
    Relocation current = relocation;
    if (current == null || !allowance.isLeft()) {
      return false;
    }
    long before = current.bytes();
    try {
      int moved = current.moved();
      boolean more = current.step();
      count(PackStats.ofMoved(current.moved() - moved));
      allowance.take(current.bytes() - before);
      if (current.moved() > moved) {
        notMoved = 0;
      }
      if (!more) {
        relocation = null;
      }
    } catch (ImmovablePackException stuck) {
      throwIfExhausted(stuck);
      log.error("a pack could not be moved to the cold directory; others are", stuck);
      aside.addPack(stuck.pack(), topics.clock().nanos());
      end(current);
    } catch (IOException e) {
      tellNotMoved(current.left(), e);
      end(current);
    }
    return true;
  }

  private void end(Relocation failed) throws IOException {
    surveyedLsn = -1;
    relocation = null;
    failed.close();
  }

  private boolean survey() throws IOException {
    if (merging != null || relocation != null) {
      return false;
    }
    PackSurvey current = survey;
    if (current == null) {
      long now = topics.clock().nanos();
      if (aside.lapse(now)) {
        surveyedLsn = -1;
      }
      if (topics.commits().lastLsn() == surveyedLsn
          || now < surveyAtNanos
          || packs.admitted().isEmpty()) {
        return false;
      }
      surveyAtNanos = now + SURVEY_NANOS;
      survey =
          new PackSurvey(
              topics, topics.table().all(), packs.admitted(), aside, policy.smallRunBytes());
      return true;
    }
    if (current.step()) {
      return true;
    }
    boolean isSettled = current.unused().isEmpty() || topics.commits().isVisible(current.lastLsn());
    if (!isSettled) {
      topics.commits().requestSync(current.lastLsn());
      return false;
    }
    survey = null;
    surveyedLsn = current.isHeldBack() ? -1 : current.firstLsn();
    retired.add(current.unused(), current.lastLsn());
    plan(current.uses());
    return !current.unused().isEmpty() || merging != null || relocation != null;
  }

  /// Deletes packs that nobody needs: at once if the disk is full. What cannot be deleted goes at
  /// the next start.
  private boolean dropRetired() {
    if (survey != null) {
      return false; // it knows of packs that were there when it began
    }
    List<Long> needless = retired.take(store.journal().state() == JournalState.DISK_FULL);
    if (needless.isEmpty()) {
      return false;
    }
    letGo();
    for (long pack : needless) {
      try {
        packs.drop(pack);
        count(PackStats.ofDeleted(1));
      } catch (IOException e) {
        log.warn("pack {} could not be deleted; the next start does it", pack, e);
      }
    }
    return true;
  }

  /// Whoever reads packs under the commit lock must not keep one open that is deleted.
  private void letGo() {
    topics
        .commits()
        .locked(() -> {
          topics.lockedSizes().blocks().packed().leave();
          return true;
        });
  }

  /// What the process lacks says nothing of a pack: the next attempt may well succeed.
  static void throwIfExhausted(IOException failure) throws IOException {
    if (DiskException.causeOf(failure) instanceof ProcessExhaustedException) {
      throw failure;
    }
  }

  private void plan(Collection<PackUse> uses) throws IOException {
    PackPolicy.Plan next = planner.next(uses, topics.clock().nanos());
    if (planner.lacksRoom()) {
      surveyedLsn = -1;
    }
    if (next == null || plansInARow == PLANS_IN_A_ROW_MAX) {
      plansInARow = 0;
      beginToRelocate(packs.hasCold() ? old(uses) : List.of());
    }
    if (next == null) {
      return;
    }
    if (relocation == null) {
      plansInARow++;
      long room = planner.begin(next);
      merging =
          new Merging(
              this, packs, topics, wanted(next), next.runsMin(), room, topics.table().all());
    } else {
      surveyedLsn = -1; // a move is not logged, and this is still to be done
    }
  }

  /// Where packs cannot be moved now, they may when the right disk is there.
  private void beginToRelocate(List<Long> old) {
    if (old.isEmpty()) {
      notMoved = 0;
      return;
    }
    try {
      if (packs.mayMove()) {
        relocation = new Relocation(packs, old);
      } else {
        notMoved = old.size();
      }
    } catch (IOException e) {
      tellNotMoved(old.size(), e);
    }
    if (relocation == null) {
      surveyedLsn = -1;
    }
  }

  /// It may be full, or not be there: then it is tried again every ten seconds.
  private void tellNotMoved(int count, IOException why) {
    notMoved = count;
    log.warn("{} packs could not be moved to the cold directory: {}", count, why.toString());
  }

  private Merging.Wanted wanted(PackPolicy.Plan plan) {
    return run ->
        plan.packs().contains(run.pack())
            && (!plan.isMerge() || run.bodyBytes() < policy.smallRunBytes());
  }

  /// Packs of the data directory that are to lie in the cold one, the oldest first.
  private List<Long> old(Collection<PackUse> uses) {
    List<PackUse> newestFirst = new ArrayList<>(uses);
    newestFirst.sort(Comparator.comparingLong(PackUse::newestTs).reversed());
    List<Long> old = new ArrayList<>();
    long bytes = 0;
    for (PackUse use : newestFirst) {
      long here = use.fileBytesIn(Tier.HOT);
      bytes += here;
      if (here > 0 && bytes > hotRetainBytes && use.isSound() && !aside.contains(use.pack())) {
        old.addFirst(use.pack());
      }
    }
    return old;
  }

  @Override
  public void close() {
    close(packing);
    close(merging);
    close(relocation);
    packing = null;
    merging = null;
    relocation = null;
    survey = null;
    surveyedLsn = -1;
  }

  private static void close(@Nullable Closeable unfinished) {
    if (unfinished != null) {
      try {
        unfinished.close();
      } catch (IOException e) {
        log.warn("an unfinished pack could not be removed; the next start does it", e);
      }
    }
  }
}
