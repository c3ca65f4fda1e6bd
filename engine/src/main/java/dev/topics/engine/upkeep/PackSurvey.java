package dev.topics.engine.upkeep;

import dev.topics.engine.topic.Topic;
import dev.topics.engine.topic.Topics;
import dev.topics.engine.topic.View;
import dev.topics.storage.pack.PackedRun;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A look at all topics, to see what they need of which pack.
///
/// **Threading** One thread. A step holds the commit lock for a few topics at a time.
final class PackSurvey {
  private static final int TOPICS_PER_STEP = 256;
  private static final int TOPICS_PER_LOOK = 16;

  private final Topics topics;
  private final List<Topic> rest;
  private final Set<Long> unused;
  private final SetAside aside;
  private final long smallRunBytes;
  private final Map<Long, PackUse> uses = new HashMap<>();
  private final long firstLsn;
  private long lastLsn;
  private boolean heldBack;
  private int next;

  /// @param packs all packs there are
  /// @param aside runs that could not be read
  /// @param smallRunBytes a run is small if it has fewer
  PackSurvey(
      Topics topics, Collection<Topic> all, Set<Long> packs, SetAside aside, long smallRunBytes) {
    this.topics = topics;
    this.aside = aside;
    this.smallRunBytes = smallRunBytes;
    rest = List.copyOf(all);
    unused = new HashSet<>(packs);
    firstLsn = topics.commits().lastLsn();
    lastLsn = firstLsn;
  }

  /// Looks at some topics; returns false if there were none left.
  boolean step() {
    if (next == rest.size()) {
      return false;
    }
    int end = Math.min(next + TOPICS_PER_STEP, rest.size());
    while (next < end) {
      int from = next;
      next = Math.min(from + TOPICS_PER_LOOK, end);
      look(rest.subList(from, next));
    }
    return true;
  }

  private void look(List<Topic> some) {
    List<View> committed = new ArrayList<>();
    List<View> published = new ArrayList<>();
    lastLsn =
        topics
            .commits()
            .locked(() -> {
              topics.lockedSizes().blocks().packed().leave();
              for (Topic topic : some) {
                if (!topic.isDropped()) {
                  committed.add(topic.glance());
                  if (!topic.isAllVisible()) {
                    published.add(topic.view());
                  }
                }
              }
              return topics.commits().lastLsn();
            });
    for (View view : committed) {
      view.index()
          .runsInRow(view.earliest(), (before, run, behind) -> note(before, run, behind, view));
    }
    for (View view : published) {
      view.index().runs(view.earliest(), this::keep);
    }
  }

  /// What readers see until a newer view is published is not dropped under them.
  private void keep(PackedRun run) {
    heldBack |= unused.remove(run.pack());
  }

  private void note(
      @Nullable PackedRun before, PackedRun run, @Nullable PackedRun behind, View view) {
    unused.remove(run.pack());
    PackUse use = uses.computeIfAbsent(run.pack(), PackUse::new);
    boolean isSmall = isSmall(run);
    use.add(run, view, isSmall && (isSmall(before) || isSmall(behind)));
    if (isSmall && before != null && isSmall(before)) {
      use.addNeighbour(uses.computeIfAbsent(before.pack(), PackUse::new));
    }
    if (aside.contains(run)) {
      use.markDamaged();
    }
  }

  private boolean isSmall(@Nullable PackedRun run) {
    return run != null && run.bodyBytes() < smallRunBytes;
  }

  /// The last frame when the survey began.
  long firstLsn() {
    return firstLsn;
  }

  /// The last frame that it knows.
  long lastLsn() {
    return lastLsn;
  }

  /// Whether something is kept only for readers to whom the newest state was not published yet, so
  /// that it is worth looking again though nothing else happens.
  boolean isHeldBack() {
    return heldBack;
  }

  /// Packs that no topic refers to.
  Set<Long> unused() {
    return unused;
  }

  /// The others.
  Collection<PackUse> uses() {
    return uses.values();
  }
}
