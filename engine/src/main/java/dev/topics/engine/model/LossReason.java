package dev.topics.engine.model;

/// Why records that nobody deleted are gone (http-api §4.3).
public enum LossReason {
  CAP("cap"),
  TTL("ttl"),
  MIXED("mixed"),
  RECREATED("recreated"),
  SOURCE_TRIM("source_trim"),
  RESTART("restart"),
  CORRUPT("corrupt");

  private final String wireName;

  LossReason(String wireName) {
    this.wireName = wireName;
  }

  /// The name in answers.
  public String wireName() {
    return wireName;
  }
}
