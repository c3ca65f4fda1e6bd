package dev.topics.engine.topic;

import dev.topics.engine.index.AppendIndex;
import dev.topics.engine.index.Losses;
import dev.topics.engine.model.LossReason;
import dev.topics.engine.model.TopicConfig;
import dev.topics.engine.record.AppendBlock;
import dev.topics.engine.record.NewRecords;
import dev.topics.engine.record.Removed;
import dev.topics.storage.pack.PackDamagedException;
import dev.topics.storage.pack.PackedRun;
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

  /// Whole chunks of the index, then whole appends, are taken by their sums; only an append of
  /// which some records stay, or are gone already, is read.
  private static void evictStored(long topicId, View view, Eviction eviction, Sizes sizes) {
    long seq = view.nextLive(view.earliest());
    while (!eviction.isEnough() && seq <= view.head()) {
      long last = wholeUnit(view, seq, eviction);
      if (last < seq) {
        last = evictOneByOne(topicId, view, seq, eviction, sizes);
      }
      seq = view.nextLive(last + 1);
    }
  }

  /// Takes the chunk or the append that starts at `seq`, if all of it is live and must go; returns
  /// its last seq, or one below `seq`.
  private static long wholeUnit(View view, long seq, Eviction eviction) {
    AppendIndex.Snapshot index = view.index();
    long entry = index.floor(seq);
    if (index.firstSeq(entry) != seq) {
      return seq - 1;
    }
    long nextChunk = index.nextChunk(entry);
    if (nextChunk != AppendIndex.Snapshot.NO_ENTRY
        && take(view, entry, nextChunk, index.firstSeq(nextChunk) - 1, eviction)) {
      return index.firstSeq(nextChunk) - 1;
    }
    long last = view.lastOf(entry);
    return take(view, entry, index.next(entry), last, eviction) ? last : seq - 1;
  }

  private static boolean take(View view, long entry, long nextEntry, long last, Eviction eviction) {
    AppendIndex.Snapshot index = view.index();
    long first = index.firstSeq(entry);
    long end =
        nextEntry == AppendIndex.Snapshot.NO_ENTRY ? index.bytes() : index.bytesBefore(nextEntry);
    long bytes = end - index.bytesBefore(entry);
    long records = view.liveBetween(first, last);
    boolean whole = view.deleted().nextPresent(first) > last && eviction.needsAllOf(records, bytes);
    if (whole) {
      eviction.take(last, index.memory(entry) != null, records, bytes);
    }
    return whole;
  }

  /// Takes records of the append that holds `seq`, all that are left if it cannot be read; returns
  /// the last one.
  private static long evictOneByOne(
      long topicId, View view, long seq, Eviction eviction, Sizes sizes) {
    AppendIndex.Snapshot index = view.index();
    long entry = index.floor(seq);
    PackedRun run = index.run(entry);
    if (run != null) {
      return evictOneByOne(topicId, view, seq, run, eviction, sizes);
    }
    boolean inMemory = index.memory(entry) != null;
    AppendBlock block;
    try {
      block = sizes.blocks().read(topicId, index, entry, seq);
    } catch (DamagedRecordsException damaged) {
      long last = view.lastOf(entry);
      Removed rest = sizes.live(topicId, view, seq, last);
      eviction.take(last, inMemory, rest.records(), rest.bytes());
      return last;
    }
    long last = seq;
    for (long next = seq; next <= block.lastSeq(); next = view.nextLive(next + 1)) {
      if (eviction.isEnough()) {
        break;
      }
      eviction.take(next, inMemory, 1, block.payloadBytes((int) (next - block.firstSeq())));
      last = next;
    }
    return last;
  }

  /// The same for a run, of which only the index is read.
  private static long evictOneByOne(
      long topicId, View view, long seq, PackedRun run, Eviction eviction, Sizes sizes) {
    PackedBlocks packed = sizes.blocks().packed();
    long last = seq - 1;
    long next = seq;
    try {
      while (next <= run.lastSeq() && !eviction.isEnough()) {
        long bytes = packed.payloadBelow(run, next + 1) - packed.payloadBelow(run, next);
        eviction.take(next, false, 1, bytes);
        last = next;
        next = view.nextLive(next + 1);
      }
    } catch (PackDamagedException damaged) {
      last = Math.min(damaged.lastSeq(), run.lastSeq());
      Removed rest = sizes.live(topicId, view, next, last);
      eviction.take(last, false, rest.records(), rest.bytes());
    }
    return last;
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
