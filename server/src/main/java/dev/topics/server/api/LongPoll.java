package dev.topics.server.api;

import dev.topics.server.http.Exchange;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;

/// A request that waits until it has an answer, or for as long as it wants at most.
///
/// **Threading** the event loop of the exchange; wakes come from any thread.
final class LongPoll {
  private final Exchange exchange;
  private final Attempt attempt;
  private final Awaiting awaiting;
  private final Future<?> deadline;
  private Runnable cancelWake = () -> {};

  /// Tries to answer; false if there is none yet, as long as it `mayWait`.
  @FunctionalInterface
  interface Attempt {
    boolean answered(boolean mayWait);
  }

  /// Arranges for one call of `wake`, on any thread; what it returns undoes that.
  @FunctionalInterface
  interface Awaiting extends UnaryOperator<Runnable> {}

  private LongPoll(Exchange exchange, long waitMillis, Attempt attempt, Awaiting awaiting) {
    this.exchange = exchange;
    this.attempt = attempt;
    this.awaiting = awaiting;
    deadline = exchange.resumeAfter(waitMillis, () -> end(attempt.answered(false)));
  }

  static void start(Exchange exchange, long waitMillis, Attempt attempt, Awaiting awaiting) {
    LongPoll poll = new LongPoll(exchange, waitMillis, attempt, awaiting);
    exchange.onCancel(() -> poll.end(true));
    poll.await();
  }

  private void await() {
    cancelWake = awaiting.apply(() -> exchange.resume(this::woken));
  }

  private void woken() {
    boolean answered = attempt.answered(true);
    end(answered);
    if (!answered) {
      await();
    }
  }

  private void end(boolean over) {
    cancelWake.run();
    if (over) {
      deadline.cancel(false);
    }
  }
}
