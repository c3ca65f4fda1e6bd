package dev.topics.engine.topic;

import java.io.IOException;

/// Stored records cannot be served: their bytes failed a check, or what holds them is missing.
public final class DamagedRecordsException extends IOException {
  private static final long serialVersionUID = 1;

  private final long firstSeq;
  private final long lastSeq;

  DamagedRecordsException(long firstSeq, long lastSeq, Throwable cause) {
    super(cause.getMessage(), cause);
    this.firstSeq = firstSeq;
    this.lastSeq = lastSeq;
  }

  /// The first record that cannot be served.
  long firstSeq() {
    return firstSeq;
  }

  /// The last record that cannot be served; `Long.MAX_VALUE` for all from the first one on.
  long lastSeq() {
    return lastSeq;
  }
}
