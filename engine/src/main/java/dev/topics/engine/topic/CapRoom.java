package dev.topics.engine.topic;

/// What a topic takes that refuses what is beyond its caps: so many records, and so many bytes of
/// `data` and `meta`. [Long#MAX_VALUE] where it has no cap.
public record CapRoom(long records, long bytes) {
  public static final CapRoom UNBOUNDED = new CapRoom(Long.MAX_VALUE, Long.MAX_VALUE);

  /// Whether there is room for so much.
  public boolean holds(long moreRecords, long moreBytes) {
    return moreRecords <= records && moreBytes <= bytes;
  }

  /// What is left when so much was added, for which there is room.
  public CapRoom without(long moreRecords, long moreBytes) {
    return new CapRoom(records - moreRecords, bytes - moreBytes);
  }
}
