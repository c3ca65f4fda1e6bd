package dev.topics.engine.topic;

/// What a topic takes that refuses what is beyond its caps: so many records, and so many bytes of
/// `data` and `meta`. [Long#MAX_VALUE] where it has no cap.
public record CapRoom(long records, long bytes) {
  static final CapRoom UNBOUNDED = new CapRoom(Long.MAX_VALUE, Long.MAX_VALUE);
}
