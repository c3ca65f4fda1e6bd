package dev.topics.engine.topic;

import dev.topics.engine.index.Losses;
import dev.topics.engine.model.LossReason;
import dev.topics.engine.model.TopicConfig;
import dev.topics.engine.record.NewRecords;
import dev.topics.engine.record.Removed;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which records are gone because of age or caps. Decides; changes nothing but a cache.
public final class Retention {
  private Retention() {}

  /// What of `view`, which is whole, has expired at `now`. A cached answer is good for views of the
  /// same change only.
  public static Expiry expiry(Topic topic, View view, long now, Sizes sizes) {
    Expiry known = topic.expiry();
    if (known.change() == view.change() && known.since() <= now && now <= known.until()) {
      return known;
    }
    Expiry fresh = freshExpiry(topic, view, now, sizes);
    topic.remember(fresh);
    return fresh;
  }

  private static Expiry freshExpiry(Topic topic, View view, long now, Sizes sizes) {
    long ttl = view.config().ttlMillis();
    if (ttl == 0) {
      return Expiry.none(view);
    }
    long floor = sizes.firstSince(view, now - ttl);
    long until = Long.MAX_VALUE;
    if (floor <= view.head()) {
      until = sizes.ts(view, floor) + ttl;
    }
    if (floor <= view.earliest()) {
      return new Expiry(view.change(), view.losses(), view.earliest(), new Removed(), now, until);
    }
    Removed expired = sizes.live(topic.id(), view, view.earliest(), floor - 1);
    long lastLost = view.deleted().previousAbsent(floor - 1);
    long earliest = view.nextLive(floor);
    Losses losses = view.losses().withFloor(lastLost + 1, LossReason.TTL).absorbedThrough(earliest);
    return new Expiry(view.change(), losses, earliest, expired, now, until);
  }

  /// What must go so that `view` with `adding` behind it keeps within the caps of `config`; null
  /// for nothing.
  static @Nullable Eviction capEviction(
      Topic topic, View view, TopicConfig config, @Nullable NewRecords adding, Sizes sizes) {
    long records = view.count() + (adding == null ? 0 : adding.count());
    long bytes = view.bytes() + (adding == null ? 0 : adding.payloadBytes());
    long excessRecords = config.capRecords() == 0 ? 0 : records - config.capRecords();
    long excessBytes = config.capBytes() == 0 ? 0 : bytes - config.capBytes();
    if (excessRecords <= 0 && excessBytes <= 0) {
      return null;
    }
    Eviction eviction = new Eviction(excessRecords, excessBytes);
    evictStored(topic.id(), view, eviction, sizes);
    if (adding != null) {
      for (int i = 0; i < adding.count() && !eviction.isEnough(); i++) {
        eviction.takeAdded(adding.seq(i), topic.isEphemeral(), adding.payloadBytes(i));
      }
    }
    return eviction;
  }

  /// Takes the oldest records, as few as will do. The last one is looked for by sums, in stretches
  /// that get longer and then shorter: no record is looked at by itself.
  private static void evictStored(long topicId, View view, Eviction eviction, Sizes sizes) {
    long first = view.earliest();
    long least = first + Math.max(1, eviction.excessRecords()) - 1;
    long last = Math.min(least, view.head());
    Removed removed = sizes.live(topicId, view, first, last);
    while (!eviction.isEnough(removed) && last < view.head()) {
      least = last + 1;
      last += Math.min(view.head() - last, last - first + 1);
      removed = sizes.live(topicId, view, first, last);
    }
    while (least < last && eviction.isEnough(removed)) {
      long middle = least + (last - least) / 2;
      Removed fewer = sizes.live(topicId, view, first, middle);
      if (eviction.isEnough(fewer)) {
        last = middle;
        removed = fewer;
      } else {
        least = middle + 1;
      }
    }
    eviction.take(last, removed);
  }

  /// Records to evict, added up from the oldest on: first those that are stored, then, if that is
  /// not enough, those that are about to be added.
  static final class Eviction {
    private final Removed stored = new Removed();
    private final Removed added = new Removed();
    private final long excessRecords;
    private final long excessBytes;
    private long storedFloor;
    private long floor;

    Eviction(long excessRecords, long excessBytes) {
      this.excessRecords = excessRecords;
      this.excessBytes = excessBytes;
    }

    long excessRecords() {
      return excessRecords;
    }

    /// Whether `stretch` is as much as has to go.
    boolean isEnough(Removed stretch) {
      return isEnough(stretch.records(), stretch.bytes());
    }

    private boolean isEnough() {
      return isEnough(stored.records() + added.records(), stored.bytes() + added.bytes());
    }

    private boolean isEnough(long records, long bytes) {
      return records >= excessRecords && bytes >= excessBytes;
    }

    void take(long lastSeq, Removed stretch) {
      stored.add(stretch);
      storedFloor = lastSeq + 1;
      floor = storedFloor;
    }

    void takeAdded(long seq, boolean inMemory, long bytes) {
      added.add(inMemory, 1, bytes);
      floor = seq + 1;
    }

    /// Everything, to be applied after the append.
    Operation.Evict whole(long topicId) {
      Removed all = new Removed();
      all.add(stored);
      all.add(added);
      return new Operation.Evict(topicId, floor, all, LossReason.CAP);
    }

    /// What is stored already, where records are added in memory: put into `frame` if the log must
    /// know, otherwise returned, to be applied before they are added. Null for nothing.
    Operation.@Nullable Evict ofStored(long topicId, List<Operation> frame) {
      if (stored.isEmpty()) {
        return null;
      }
      var evict = new Operation.Evict(topicId, storedFloor, stored, LossReason.CAP);
      if (stored.isMemoryOnly()) {
        return evict;
      }
      frame.add(evict);
      return null;
    }

    /// What is about to be added, to be applied behind it; null for nothing.
    Operation.@Nullable Evict ofAdded(long topicId) {
      return added.isEmpty() ? null : new Operation.Evict(topicId, floor, added, LossReason.CAP);
    }
  }
}
