package dev.topics.engine.router;

import dev.topics.engine.model.TagMatch;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A router at one of its sources, from when it begins there until it ends, or leads elsewhere.
final class Leg {
  private final String router;
  private final TopicMemory source;
  private final TopicMemory dest;
  private final boolean stamped;
  private final boolean tags;
  private final long start;
  private final TreeMap<Long, Optional<TagMatch>> filters = new TreeMap<>();
  private long end = Long.MAX_VALUE;
  private long certainBehind = Long.MAX_VALUE;

  /// @param start the cursor that it begins with
  /// @param tags whether copies keep them
  Leg(
      String router,
      TopicMemory source,
      TopicMemory dest,
      long start,
      boolean stamped,
      boolean tags,
      @Nullable TagMatch filter) {
    this.router = router;
    this.source = source;
    this.dest = dest;
    this.start = start;
    this.stamped = stamped;
    this.tags = tags;
    filters.put(start, Optional.ofNullable(filter));
  }

  String router() {
    return router;
  }

  TopicMemory source() {
    return source;
  }

  TopicMemory dest() {
    return dest;
  }

  boolean stamped() {
    return stamped;
  }

  long start() {
    return start;
  }

  /// It is there for certain: what the source gets from now on it meets as it comes.
  void isThere() {
    certainBehind = Math.min(certainBehind, source.head());
  }

  /// Whether it was there when the record `seq` came to the source, so that the engine has not
  /// forgotten how often that was forwarded before.
  boolean metAsItCame(long seq) {
    return seq > certainBehind;
  }

  /// The last seq of the source that it is about.
  long end() {
    return end;
  }

  /// It was at `cursor` when it ended.
  void endAt(long cursor) {
    end = cursor;
  }

  /// It has another filter for what lies behind `cursor`.
  void filterFrom(long cursor, @Nullable TagMatch filter) {
    filters.put(cursor, Optional.ofNullable(filter));
  }

  /// Whether the record `seq` of the source passes.
  boolean wants(long seq, TopicMemory.Shown record) {
    Optional<TagMatch> filter = filters.lowerEntry(seq).getValue();
    return filter.isEmpty() || (!record.tag().isEmpty() && filter.get().matches(record.tag()));
  }

  /// The tag that the copy of a record has.
  String tagOf(TopicMemory.Shown record) {
    return tags ? record.tag() : "";
  }

  /// Whether it may have brought this copy. Nobody was shown what a source lost at once.
  boolean mayHaveBrought(TopicMemory.Shown copy) {
    if (!stamped) {
      return true;
    }
    TopicMemory.Shown original = source.shown(copy.sourceSeq());
    return copy.router().equals(router)
        && copy.source().equals(source.name())
        && copy.sourceSeq() > start
        && copy.sourceSeq() <= end
        && (original == null || original.number() == copy.number());
  }

  /// Whether it brought this copy: no other way did, from a topic that had the same name.
  boolean brought(TopicMemory.Shown copy) {
    return mayHaveBrought(copy)
        && (!stamped
            || source.shown(copy.sourceSeq()) != null
            || dest.into().stream().noneMatch(leg -> leg != this && leg.mayHaveBrought(copy)));
  }

  @Override
  public String toString() {
    return "%s: %s -> %s from %d to %d".formatted(router, source.name(), dest.name(), start, end);
  }
}
