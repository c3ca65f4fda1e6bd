package dev.topics.engine.upkeep;

import dev.topics.engine.upkeep.PackPolicy.Plan;
import dev.topics.engine.upkeep.PackPolicy.Room;
import dev.topics.storage.Store;
import dev.topics.storage.journal.JournalState;
import dev.topics.storage.pack.Packs;
import dev.topics.storage.pack.UnusablePackException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Chooses what packs are replaced next, by [PackPolicy], of those that can be read, as far as
/// there is room for what takes their place.
///
/// How large that becomes is known in part only: where it was more than there was room for, the
/// same is not tried again before something of it died, there is twice the room, or an hour has
/// passed, since a disk can also be full for other reasons.
///
/// **Threading** One thread. Opens packs that are chosen, or could not be opened before; what is
/// said of the others is known (`Packs#extent`), so that a slow disk holds up nobody who needs
/// nothing of it.
final class Planner {
  private static final Logger log = LoggerFactory.getLogger(Planner.class);
  private static final long LAPSE_NANOS = 3_600_000_000_000L;

  private final Store store;
  private final Packs packs;
  private final PackPolicy policy;
  private final Map<Long, Attempt> tooLarge = new HashMap<>();
  private final Map<Long, Attempt> attempts = new HashMap<>();
  private Room room = Room.UNLIMITED;
  private boolean lacksRoom;
  private @Nullable Plan last;

  /// A pack that was to be replaced when `liveBytes` of it lived.
  private record Attempt(long liveBytes, long freeBytes, long nanos) {
    boolean isInVain(PackUse use, long freeNow, long nowNanos) {
      return use.liveBytes() >= liveBytes
          && freeNow / 2 < freeBytes
          && nowNanos - nanos < LAPSE_NANOS;
    }
  }

  Planner(Store store, Packs packs, PackPolicy policy) {
    this.store = store;
    this.packs = packs;
    this.policy = policy;
  }

  /// Finds out where packs lie; tells what to do with them first, null for nothing.
  @Nullable Plan next(Collection<PackUse> uses, long nowNanos) throws IOException {
    for (PackUse use : uses) {
      find(use);
    }
    long free = packs.freeBytes();
    boolean diskFull = store.journal().state() == JournalState.DISK_FULL;
    room = Room.of(free, store.journal().fileBytes(), diskFull);
    tooLarge.keySet().retainAll(packs.admitted());
    Plan next;
    do {
      next = policy.next(worthTrying(uses, free, nowNanos), room, last);
    } while (next != null && !isReadable(next, uses));
    lacksRoom = !Objects.equals(next, policy.next(uses, Room.UNLIMITED, last));
    attempts.clear();
    for (PackUse use : uses) {
      if (next != null && next.packs().contains(use.pack())) {
        attempts.put(use.pack(), new Attempt(use.liveBytes(), free, nowNanos));
      }
    }
    return next;
  }

  /// Whether more could be done if there were more room, so that it is worth looking again though
  /// nothing else happens.
  boolean lacksRoom() {
    return lacksRoom;
  }

  /// Notes that what [#next] told is done now; answers how many bytes there are for it.
  long begin(Plan plan) {
    last = plan;
    return room.of(plan);
  }

  /// Notes that these were not enough.
  void wasTooLarge() {
    tooLarge.putAll(attempts);
  }

  private void find(PackUse use) throws IOException {
    try {
      use.found(packs.extent(use.pack()));
    } catch (UnusablePackException e) {
      lose(use, e);
    }
  }

  private static void lose(PackUse use, UnusablePackException e) throws IOException {
    Packer.throwIfExhausted(e);
    log.warn("pack {} cannot be read", use.pack(), e);
    use.found(null);
  }

  private List<PackUse> worthTrying(Collection<PackUse> uses, long free, long nowNanos) {
    List<PackUse> worth = new ArrayList<>(uses);
    worth.removeIf(use -> {
      Attempt attempt = tooLarge.get(use.pack());
      return attempt != null && attempt.isInVain(use, free, nowNanos);
    });
    return worth;
  }

  /// A disk may have gone since a pack was opened last: then others are next.
  private boolean isReadable(Plan plan, Collection<PackUse> uses) throws IOException {
    boolean readable = true;
    for (PackUse use : uses) {
      if (plan.packs().contains(use.pack())) {
        try {
          packs.check(use.pack());
        } catch (UnusablePackException e) {
          lose(use, e);
          readable = false;
        }
      }
    }
    return readable;
  }
}
