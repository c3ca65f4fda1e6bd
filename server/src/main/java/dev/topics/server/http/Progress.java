package dev.topics.server.http;

/// Whether a client takes what is written to it.
final class Progress {
  private long unsentBytes;
  private long sinceNanos;

  Progress(long nowNanos) {
    sinceNanos = nowNanos;
  }

  /// Something was taken, or a new time begins.
  void made(long nowNanos) {
    unsentBytes = 0;
    sinceNanos = nowNanos;
  }

  /// There is more or less to be taken than before.
  void noted(long unsent, long nowNanos) {
    if (unsent != unsentBytes || unsent == 0) {
      unsentBytes = unsent;
      sinceNanos = nowNanos;
    }
  }

  /// For how long nothing was taken although there is something.
  long stalledNanos(long unsent, long nowNanos) {
    noted(unsent, nowNanos);
    return nowNanos - sinceNanos;
  }
}
