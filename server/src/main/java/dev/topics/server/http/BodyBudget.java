package dev.topics.server.http;

import java.util.concurrent.atomic.AtomicLong;

/// How many bytes all request bodies together may take while they arrive and are handled.
///
/// **Threading** any thread.
final class BodyBudget {
  private final long bytesMax;
  private final AtomicLong bytesTaken = new AtomicLong();

  BodyBudget(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /// Takes `bytes`, or throws 429 if they are not to be had now.
  void take(long bytes) {
    if (bytesTaken.addAndGet(bytes) > bytesMax) {
      bytesTaken.addAndGet(-bytes);
      throw Problem.of(
              ErrorCode.THROTTLED, "too many large requests at once; try again in a second")
          .with("retry_after_ms", 1000)
          .retryAfterSeconds(1)
          .rejected();
    }
  }

  void give(long bytes) {
    bytesTaken.addAndGet(-bytes);
  }

  long bytesTaken() {
    return bytesTaken.get();
  }
}
