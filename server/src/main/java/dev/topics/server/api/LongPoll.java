package dev.topics.server.api;

import dev.topics.engine.topic.Follower;
import dev.topics.engine.topic.Following;
import dev.topics.server.http.Exchange;
import java.util.concurrent.Future;
import java.util.function.Function;

/// A request that waits until it has an answer, or for as long as it wants at most.
///
/// **Threading** the event loop of the exchange.
final class LongPoll {
  private final Attempt attempt;
  private final Following following;
  private final Future<?> deadline;
  private boolean ended;

  /// Tries to answer; false if there is none yet, as long as it `mayWait`.
  @FunctionalInterface
  interface Attempt {
    boolean answered(boolean mayWait);
  }

  private LongPoll(
      Exchange exchange, long waitMillis, Attempt attempt, Function<Follower, Following> follow) {
    this.attempt = attempt;
    deadline = exchange.resumeAfter(waitMillis, this::expire);
    following = follow.apply(() -> exchange.resume(this::look));
  }

  /// Waits for the news that `follow` arranges for, and looks once more after that.
  static void start(
      Exchange exchange, long waitMillis, Attempt attempt, Function<Follower, Following> follow) {
    LongPoll poll = new LongPoll(exchange, waitMillis, attempt, follow);
    exchange.onCancel(poll::end);
    poll.look();
  }

  private void look() {
    if (!ended && attempt.answered(true)) {
      end();
    }
  }

  private void expire() {
    end();
    var _ = attempt.answered(false);
  }

  private void end() {
    ended = true;
    following.end();
    deadline.cancel(false);
  }
}
