package dev.topics.server.api;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/// How long a write took: until it was in the log, and from then until it was durable.
record WriteTiming(long commitNanos, long syncNanos) {

  /// A command under way, measured.
  static final class Started<T> {
    private final CompletableFuture<T> answer;
    private final long calledNanos;
    private final long returnedNanos;
    private final boolean waits;

    private Started(CompletableFuture<T> answer, long calledNanos) {
      this.answer = answer;
      this.calledNanos = calledNanos;
      returnedNanos = System.nanoTime();
      waits = !answer.isDone();
    }

    CompletableFuture<T> answer() {
      return answer;
    }

    /// To be asked when the answer is there.
    WriteTiming timing() {
      return new WriteTiming(
          returnedNanos - calledNanos, waits ? System.nanoTime() - returnedNanos : 0);
    }
  }

  static <T> Started<T> start(Supplier<CompletableFuture<T>> command) {
    long calledNanos = System.nanoTime();
    return new Started<>(command.get(), calledNanos);
  }
}
