package dev.topics.engine.model;

/// How much all topics together may hold (http-api §11). 0 is no bound.
///
/// @param topics how many there may be
/// @param bytes `data` and `meta` of all live records
public record Quota(long topics, long bytes) {
  /// What holds if nobody says otherwise.
  public static final Quota DEFAULT = new Quota(100_000, 0);
}
