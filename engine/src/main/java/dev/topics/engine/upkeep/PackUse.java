package dev.topics.engine.upkeep;

import dev.topics.engine.topic.View;
import dev.topics.storage.pack.PackExtent;
import dev.topics.storage.pack.PackedRun;
import dev.topics.storage.pack.Tier;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What topics still need of one pack.
final class PackUse {
  private final long pack;
  private final Set<PackUse> neighbours = new HashSet<>();
  private long liveBytes;
  private long mergeableBytes;
  private long newestTs;
  private boolean damaged;
  private @Nullable PackExtent extent;

  PackUse(long pack) {
    this.pack = pack;
  }

  /// Adds a run, of which some records live in `view`.
  ///
  /// @param isMergeable whether it is small, and so is one that lies directly beside it
  void add(PackedRun run, View view, boolean isMergeable) {
    long first = Math.max(view.earliest(), run.firstSeq());
    long live = Math.min(view.liveBetween(first, run.lastSeq()), run.count());
    long bytes = (long) (run.bodyBytes() * ((double) live / run.count()));
    liveBytes += bytes;
    mergeableBytes += isMergeable ? bytes : 0;
    newestTs = Math.max(newestTs, run.lastTs());
  }

  /// Notes that a small run of this pack and one of `other` lie directly beside each other.
  void addNeighbour(PackUse other) {
    neighbours.add(other);
    other.neighbours.add(this);
  }

  boolean isNeighbourOf(PackUse other) {
    return neighbours.contains(other);
  }

  /// Whether a run of it can become one with a run of another one of `some`.
  boolean hasNeighbourIn(Set<PackUse> some) {
    return neighbours.stream().anyMatch(some::contains);
  }

  /// Notes that some of it could not be read.
  void markDamaged() {
    damaged = true;
  }

  /// Notes where the pack lies; one that cannot be read has no such place.
  void found(@Nullable PackExtent at) {
    extent = at;
  }

  long pack() {
    return pack;
  }

  /// Bytes of the bodies of live records; about, as it is a share of all by their number.
  long liveBytes() {
    return liveBytes;
  }

  /// Those in small runs that can become one with another small run.
  long mergeableBytes() {
    return mergeableBytes;
  }

  /// Bytes of a file with what lives of it, about.
  long bytesToRewrite() {
    PackExtent at = extent;
    return at == null
        ? 0
        : (long) (at.fileBytes() * ((double) liveBytes / Math.max(1, at.bodyBytes())));
  }

  /// Bytes that its mergeable runs take at most in a file. All that describes the records of the
  /// pack may describe those, as it takes more for each byte the smaller a run is.
  long bytesToMerge() {
    PackExtent at = extent;
    return at == null ? 0 : mergeableBytes + Math.max(0, at.fileBytes() - at.bodyBytes());
  }

  /// The time of the newest record, ms.
  long newestTs() {
    return newestTs;
  }

  /// Whether all of it could be read so far.
  boolean isSound() {
    return extent != null && !damaged;
  }

  /// Whether less than half of its bodies live.
  boolean isSparse() {
    PackExtent at = extent;
    return at != null && 2 * liveBytes < at.bodyBytes();
  }

  /// Bytes of its file if that lies in `tier`, else 0.
  long fileBytesIn(Tier tier) {
    PackExtent at = extent;
    return at != null && at.tier() == tier ? at.fileBytes() : 0;
  }
}
