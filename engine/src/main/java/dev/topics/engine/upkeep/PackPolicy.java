package dev.topics.engine.upkeep;

import dev.topics.storage.journal.SealedFile;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Decides how much of the journal goes into one pack, which packs are rewritten, and which merged.
///
/// A run costs about the same however few records it has. So where the runs of the last pack were
/// tiny, because very many topics share the journal, the next one waits for more files, if there is
/// room for a pack of them.
///
/// A pack is rewritten when less than half of its bodies live, several at a time if they are small.
/// Small runs are merged by level: when there are `mergePacks` packs whose small runs have about
/// the same size, these become one that is so many times larger. A byte is copied once for each
/// level, so a run that has grown large is left alone, and so are packs that are very large.
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
  /// @param smallOnly whether large runs stay where they are
  record Plan(Set<Long> packs, boolean smallOnly) {}

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

  /// What to do first; null for nothing.
  @Nullable Plan next(Collection<PackUse> uses, boolean diskFull) {
    List<PackUse> sound =
        uses.stream()
            .filter(PackUse::isSound)
            .sorted(Comparator.comparingLong(PackUse::newestTs).thenComparingLong(PackUse::pack))
            .toList();
    Plan rewriting = rewriting(sound);
    return rewriting != null || diskFull ? rewriting : merging(sound);
  }

  private @Nullable Plan rewriting(List<PackUse> sound) {
    Set<Long> chosen = new HashSet<>();
    long bytes = 0;
    for (PackUse use : sound) {
      boolean fits =
          chosen.isEmpty() || bytes + use.liveBytes() <= REWRITTEN_BYTES_MAX * smallRunBytes;
      if (use.isSparse() && fits && chosen.size() < REWRITTEN_PACKS_MAX) {
        chosen.add(use.pack());
        bytes += use.liveBytes();
      }
    }
    return chosen.isEmpty() ? null : new Plan(chosen, false);
  }

  private @Nullable Plan merging(List<PackUse> sound) {
    TreeMap<Integer, List<PackUse>> levels = new TreeMap<>();
    for (PackUse use : sound) {
      if (use.smallBytes() > 0) {
        levels.computeIfAbsent(level(use.smallBytes()), _ -> new ArrayList<>()).add(use);
      }
    }
    for (List<PackUse> level : levels.values()) {
      if (level.size() >= mergePacks) {
        List<PackUse> oldest = level.subList(0, mergePacks);
        long bytes = oldest.stream().mapToLong(PackUse::smallBytes).sum();
        if (bytes <= LEVELS_BYTES_MAX * smallRunBytes) {
          Set<Long> chosen = new HashSet<>();
          oldest.forEach(use -> chosen.add(use.pack()));
          return new Plan(chosen, true);
        }
      }
    }
    return null;
  }

  private int level(long bytes) {
    int level = 0;
    for (long end = RUNS_OF_FIRST_LEVEL * smallRunBytes; bytes >= end; end *= mergePacks) {
      level++;
    }
    return level;
  }
}
