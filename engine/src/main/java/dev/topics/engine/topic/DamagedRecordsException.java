package dev.topics.engine.topic;

import dev.topics.storage.disk.DiskException;
import dev.topics.storage.disk.ProcessExhaustedException;
import java.io.IOException;

/// Stored records cannot be served: their bytes failed a check, or what holds them is missing, or
/// cannot be read now.
public final class DamagedRecordsException extends IOException {
  private static final long serialVersionUID = 1;

  private final long firstSeq;
  private final long lastSeq;

  DamagedRecordsException(long firstSeq, long lastSeq, Throwable cause) {
    super(cause.getMessage(), cause);
    this.firstSeq = firstSeq;
    this.lastSeq = lastSeq;
  }

  /// Whether nothing is known to be wrong with them: the process lacks what it takes to read them.
  public boolean passes() {
    return passes(this);
  }

  /// The same of any failure to read.
  static boolean passes(Throwable failure) {
    return DiskException.causeOf(failure) instanceof ProcessExhaustedException;
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
