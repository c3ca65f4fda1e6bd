package dev.topics.engine.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A router at one moment.
///
/// @param forwarded copies made since the router was created
/// @param lag how many seqs of the source, or of all sources together, it has not looked at
/// @param sources the first of the topics that it takes records from, by name
/// @param sourcesTotal how many there are
/// @param blocked why it stands still; null if it does not
public record RouterInfo(
    RouterConfig config,
    long forwarded,
    long lag,
    List<Source> sources,
    int sourcesTotal,
    @Nullable Blocked blocked) {

  /// One topic that the router takes records from.
  ///
  /// @param cursor the last seq that was forwarded or passed over
  public record Source(TopicName topic, long cursor, long lag) {}

  /// Why a router cannot go on with a source; it tries again by itself.
  ///
  /// @param topic the topic that keeps it from going on
  /// @param first the first seq of the source concerned
  /// @param last the last one
  /// @param sinceMillis when it stopped, ms since the Unix epoch
  public record Blocked(Reason reason, TopicName topic, long first, long last, long sinceMillis) {}

  /// Why a router cannot go on.
  public enum Reason {
    /// The destination is at its cap and refuses more.
    DEST_FULL,
    /// The next record alone is larger than the cap of the destination.
    RECORD_LARGER_THAN_CAP,
    /// Stored bytes of the source failed their checksum, or what holds them is missing.
    SOURCE_DAMAGED,
    /// The process lacks the descriptors or the memory to read the source; nothing is wrong with
    /// it.
    SERVER_EXHAUSTED,
    /// The disk is full.
    STORAGE_FULL,
    /// A defect; the log tells which.
    FAILED
  }
}
