package dev.topics.engine.topic;

import dev.topics.engine.model.LossReason;
import dev.topics.engine.model.TopicConfig;
import dev.topics.storage.journal.FrameDamagedException;
import org.jspecify.annotations.Nullable;

/// Which records are gone because of age or caps. Decides; changes nothing but a cache.
final class Retention {
  private Retention() {}

  /// What of `view` has expired at `now`. A cached answer is good for the very same view only.
  @SuppressWarnings("ReferenceEquality")
  static Expiry expiry(Topic topic, View view, long now, BlockReader blocks) {
    Expiry known = topic.expiry();
    if (known.view() == view && known.since() <= now && now <= known.until()) {
      return known;
    }
    Expiry fresh = freshExpiry(topic, view, now, blocks);
    topic.remember(fresh);
    return fresh;
  }

  private static Expiry freshExpiry(Topic topic, View view, long now, BlockReader blocks) {
    long ttl = view.config().ttlMillis();
    if (ttl == 0) {
      return new Expiry(
          view, view.losses(), view.earliest(), new Removed(), Long.MIN_VALUE, Long.MAX_VALUE);
    }
    long floor = view.index().firstSince(now - ttl, view.head() + 1);
    long until = Long.MAX_VALUE;
    if (floor <= view.head()) {
      until = view.index().ts(view.index().floor(floor)) + ttl;
    }
    if (floor <= view.earliest()) {
      return new Expiry(view, view.losses(), view.earliest(), new Removed(), now, until);
    }
    Removed expired = liveBetween(topic.id(), view, view.earliest(), floor - 1, blocks);
    long lastLost = view.deleted().previousAbsent(floor - 1);
    long earliest = view.nextLive(floor);
    Losses losses = view.losses().withFloor(lastLost + 1, LossReason.TTL).absorbedThrough(earliest);
    return new Expiry(view, losses, earliest, expired, now, until);
  }

  /// The live records from `first` to `last`, inclusive. Bytes of damaged ones are unknown and
  /// count as none.
  static Removed liveBetween(long topicId, View view, long first, long last, BlockReader blocks) {
    Removed live = new Removed();
    if (first <= view.earliest() && last >= view.head()) {
      live.add(true, view.memoryCount(), view.memoryBytes());
      live.add(false, view.count() - view.memoryCount(), view.bytes() - view.memoryBytes());
      return live;
    }
    long seq = view.nextLive(first);
    while (seq <= last && seq <= view.head()) {
      long entry = view.index().floor(seq);
      boolean inMemory = view.index().memory(entry) != null;
      AppendBlock block;
      try {
        block = blocks.read(topicId, view.index(), entry);
      } catch (FrameDamagedException damaged) {
        long end = Math.min(view.lastOf(entry), last);
        live.add(inMemory, view.liveBetween(seq, end), 0);
        seq = view.nextLive(end + 1);
        continue;
      }
      long blockLast = block.lastSeq();
      if (seq == block.firstSeq() && blockLast <= last && view.isWhole(seq, blockLast)) {
        live.add(inMemory, block.count(), block.payloadBytes());
        seq = view.nextLive(blockLast + 1);
      }
      while (seq <= last && seq <= blockLast) {
        live.add(inMemory, 1, block.payloadBytes((int) (seq - block.firstSeq())));
        seq = view.nextLive(seq + 1);
      }
    }
    return live;
  }

  /// What must go so that `view` with `adding` behind it keeps within the caps of `config`; null
  /// for nothing.
  static @Nullable Eviction capEviction(
      Topic topic,
      View view,
      TopicConfig config,
      @Nullable RecordEncoder adding,
      BlockReader blocks) {
    long records = view.count() + (adding == null ? 0 : adding.count());
    long bytes = view.bytes() + (adding == null ? 0 : adding.payloadBytes());
    long excessRecords = config.capRecords() == 0 ? 0 : records - config.capRecords();
    long excessBytes = config.capBytes() == 0 ? 0 : bytes - config.capBytes();
    if (excessRecords <= 0 && excessBytes <= 0) {
      return null;
    }
    Eviction eviction = new Eviction(excessRecords, excessBytes);
    evictStored(topic.id(), view, eviction, blocks);
    if (adding != null) {
      for (int i = 0; i < adding.count() && !eviction.isEnough(); i++) {
        eviction.takeAdded(adding.firstSeq() + i, topic.isEphemeral(), adding.payloadBytes(i));
      }
    }
    return eviction;
  }

  private static void evictStored(long topicId, View view, Eviction eviction, BlockReader blocks) {
    long seq = view.nextLive(view.earliest());
    while (!eviction.isEnough() && seq <= view.head()) {
      long entry = view.index().floor(seq);
      boolean inMemory = view.index().memory(entry) != null;
      AppendBlock block;
      try {
        block = blocks.read(topicId, view.index(), entry);
      } catch (FrameDamagedException damaged) {
        long end = view.lastOf(entry);
        eviction.take(end, inMemory, view.liveBetween(seq, end), 0);
        seq = view.nextLive(end + 1);
        continue;
      }
      long blockLast = block.lastSeq();
      if (seq == block.firstSeq()
          && view.isWhole(seq, blockLast)
          && eviction.needsAllOf(block.count(), block.payloadBytes())) {
        eviction.take(blockLast, inMemory, block.count(), block.payloadBytes());
        seq = view.nextLive(blockLast + 1);
      }
      while (!eviction.isEnough() && seq <= blockLast) {
        eviction.take(seq, inMemory, 1, block.payloadBytes((int) (seq - block.firstSeq())));
        seq = view.nextLive(seq + 1);
      }
    }
  }

  /// Records to evict, added up from the oldest on: first those that are stored, then, if that is
  /// not enough, those that are about to be added.
  static final class Eviction {
    private final Removed stored = new Removed();
    private final Removed all = new Removed();
    private long excessRecords;
    private long excessBytes;
    private long storedFloor;
    private long floor;

    Eviction(long excessRecords, long excessBytes) {
      this.excessRecords = excessRecords;
      this.excessBytes = excessBytes;
    }

    boolean isEnough() {
      return excessRecords <= 0 && excessBytes <= 0;
    }

    boolean needsAllOf(long records, long bytes) {
      return records <= excessRecords || bytes <= excessBytes;
    }

    void take(long lastSeq, boolean inMemory, long records, long bytes) {
      stored.add(inMemory, records, bytes);
      storedFloor = lastSeq + 1;
      count(lastSeq, inMemory, records, bytes);
    }

    void takeAdded(long seq, boolean inMemory, long bytes) {
      count(seq, inMemory, 1, bytes);
    }

    private void count(long lastSeq, boolean inMemory, long records, long bytes) {
      all.add(inMemory, records, bytes);
      floor = lastSeq + 1;
      excessRecords -= records;
      excessBytes -= bytes;
    }

    /// Everything, to be applied after the append.
    Operation.Evict whole(long topicId) {
      return new Operation.Evict(topicId, floor, all, LossReason.CAP);
    }

    /// What is stored already, to be applied before the append; null for nothing.
    Operation.@Nullable Evict ofStored(long topicId) {
      return stored.isEmpty()
          ? null
          : new Operation.Evict(topicId, storedFloor, stored, LossReason.CAP);
    }

    /// What is about to be added; null for nothing.
    Operation.@Nullable Evict ofAdded(long topicId) {
      Removed added = new Removed();
      added.add(
          false,
          all.loggedRecords() - stored.loggedRecords(),
          all.loggedBytes() - stored.loggedBytes());
      added.add(
          true,
          all.memoryRecords() - stored.memoryRecords(),
          all.memoryBytes() - stored.memoryBytes());
      return added.isEmpty() ? null : new Operation.Evict(topicId, floor, added, LossReason.CAP);
    }
  }
}
