package dev.topics.engine.upkeep;

import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.topics.storage.journal.SealedFile;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Decides how much of the journal goes into one pack, which packs are rewritten, and which merged.
///
/// A run costs about the same however few records it has. So where the runs of the last pack were
/// tiny, because very many topics share the journal, the next one waits for more files, if there is
/// room for a pack of them.
///
/// A pack is rewritten when less than half of its bodies live, several at a time if they are small.
/// Small runs are merged by level: when there are `mergePacks` packs of one level, those small runs
/// become one that lie directly beside each other, in these packs and in older ones of lower
/// levels. Only what can become one counts, so each merge leaves fewer runs, and where nothing is
/// written, merging ends. A byte is copied about once for each level, so a run that has grown large
/// is left alone, and so are packs that are very large.
///
/// The new pack is there beside those whose place it takes. What there is no room for is passed
/// over: where space is short, what is small is rewritten first, and makes room for the rest.
///
/// @param mergePacks how many packs become one
/// @param smallRunBytes a run with at least as many bytes is never merged
record PackPolicy(int mergePacks, long smallRunBytes) {
  private static final int TINY_RUNS_OF_A_SMALL_ONE = 16;
  private static final int FILES_AT_ONCE_MAX = 4;
  private static final int RUNS_OF_FIRST_LEVEL = 64;
  private static final int LEVELS_BYTES_MAX = 1 << 14;
  private static final int REWRITTEN_PACKS_MAX = 8;
  private static final int REWRITTEN_BYTES_MAX = 1024;

  /// What is to be replaced by one new pack.
  ///
  /// @param isMerge whether only small runs are replaced, and only where several become one
  record Plan(Set<Long> packs, boolean isMerge) {
    /// How many runs of a topic must follow each other to be replaced.
    int runsMin() {
      return isMerge ? 2 : 1;
    }
  }

  /// How many bytes the pack may have that takes the place of others.
  record Room(long toRewrite, long toMerge) {
    static final Room UNLIMITED = new Room(Long.MAX_VALUE, Long.MAX_VALUE);

    /// Where there are `freeBytes`. Half of them are for everything else. A merge gives back
    /// little, so it leaves as much as two files of the journal, or else it would keep those that
    /// append from going on. Where no other file of the journal fits in, they soon cannot, or
    /// cannot already: then nothing is merged, and a rewriting, which makes room, may take nearly
    /// all.
    ///
    /// @param fileBytes of a file of the journal
    static Room of(long freeBytes, long fileBytes, boolean diskFull) {
      if (diskFull || freeBytes < fileBytes) {
        return new Room(freeBytes - freeBytes / 8, 0);
      }
      long half = freeBytes / 2;
      return new Room(half, Math.clamp(freeBytes - 2 * fileBytes, 0, half));
    }

    long of(Plan plan) {
      return plan.isMerge() ? toMerge : toRewrite;
    }
  }

  /// How many files of the journal to wait for, when the last pack took `files` of them and its
  /// `runs` hold `bodyBytes`.
  int filesAtOnce(int files, long runs, long bodyBytes) {
    long wanted = runs * smallRunBytes / TINY_RUNS_OF_A_SMALL_ONE;
    return Math.clamp(files * wanted / Math.max(1, bodyBytes), 1, FILES_AT_ONCE_MAX);
  }

  /// How many of the `due` files, one at least, to pack at once where there are `freeBytes`: the
  /// pack may be as large as they are, and the journal, which they leave only afterwards, may need
  /// another one meanwhile.
  int filesThatFit(List<SealedFile> due, long freeBytes) {
    int files = 1;
    long needed = due.getFirst().bytes();
    while (files < due.size() && needed + 2 * due.get(files).bytes() <= freeBytes) {
      needed += due.get(files++).bytes();
    }
    return files;
  }

  /// What to do first; null for nothing. A rewriting comes first, but not twice in a row if there
  /// is something to merge.
  ///
  /// @param before what was done before, if anything was
  @Nullable Plan next(Collection<PackUse> uses, Room room, @Nullable Plan before) {
    List<PackUse> sound =
        uses.stream()
            .filter(PackUse::isSound)
            .sorted(Comparator.comparingLong(PackUse::newestTs).thenComparingLong(PackUse::pack))
            .toList();
    Plan rewriting = rewriting(sound, room.toRewrite());
    boolean isTurnOfMerging = rewriting == null || (before != null && !before.isMerge());
    Plan merging = isTurnOfMerging ? merging(sound, room.toMerge()) : null;
    return merging != null ? merging : rewriting;
  }

  private @Nullable Plan rewriting(List<PackUse> sound, long room) {
    Set<Long> chosen = new HashSet<>();
    long bytes = 0;
    long left = room;
    for (PackUse use : sound) {
      boolean isSmall =
          chosen.isEmpty() || bytes + use.liveBytes() <= REWRITTEN_BYTES_MAX * smallRunBytes;
      boolean fits = isSmall && use.bytesToRewrite() <= left;
      if (use.isSparse() && fits && chosen.size() < REWRITTEN_PACKS_MAX) {
        chosen.add(use.pack());
        bytes += use.liveBytes();
        left -= use.bytesToRewrite();
      }
    }
    return chosen.isEmpty() ? null : new Plan(chosen, false);
  }

  private @Nullable Plan merging(List<PackUse> sound, long room) {
    List<PackUse> mergeable =
        sound.stream()
            .filter(use -> use.mergeableBytes() > 0 && use.mergeableBytes() <= packBytesMax())
            .toList();
    int levels = mergeable.stream().mapToInt(this::level).max().orElse(-1) + 1;
    for (int level = 0; level < levels; level++) {
      List<PackUse> candidates = candidates(mergeable, level);
      if (countOfLevel(candidates, level) >= mergePacks) {
        Set<PackUse> oldest = oldest(candidates, level);
        if (oldest.stream().mapToLong(PackUse::bytesToMerge).sum() <= room) {
          return new Plan(oldest.stream().map(PackUse::pack).collect(toUnmodifiableSet()), true);
        }
      }
    }
    return null;
  }

  /// A pack with more is never merged, so that no merge is larger than all levels.
  private long packBytesMax() {
    return LEVELS_BYTES_MAX * smallRunBytes / mergePacks;
  }

  /// The packs up to `level` that have something to merge with one another.
  private List<PackUse> candidates(List<PackUse> mergeable, int level) {
    Set<PackUse> reached = new LinkedHashSet<>(mergeable);
    reached.removeIf(use -> level(use) > level);
    return reached.stream().filter(use -> use.hasNeighbourIn(reached)).toList();
  }

  private long countOfLevel(List<PackUse> candidates, int level) {
    return candidates.stream().filter(use -> level(use) == level).count();
  }

  /// The oldest packs of a level that become one, and what is lower and older: otherwise that would
  /// be cut off from all of its own level. Each brings along the oldest that it can be merged with,
  /// so that something is merged in any case.
  private Set<PackUse> oldest(List<PackUse> candidates, int level) {
    Set<PackUse> chosen = new HashSet<>();
    int left = mergePacks;
    long bytes = 0;
    for (PackUse use : candidates) {
      bytes += use.mergeableBytes();
      if (left == 0 || bytes > LEVELS_BYTES_MAX * smallRunBytes) {
        break;
      }
      chosen.add(use);
      candidates.stream().filter(use::isNeighbourOf).findFirst().ifPresent(chosen::add);
      left -= level(use) == level ? 1 : 0;
    }
    return chosen;
  }

  private int level(PackUse use) {
    return level(use.mergeableBytes());
  }

  private int level(long bytes) {
    int level = 0;
    for (long end = RUNS_OF_FIRST_LEVEL * smallRunBytes; bytes >= end; end *= mergePacks) {
      level++;
    }
    return level;
  }
}
