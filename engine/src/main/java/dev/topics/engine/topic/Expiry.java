package dev.topics.engine.topic;

import dev.topics.engine.index.Losses;
import dev.topics.engine.record.Removed;

/// What of a view is gone because of its age. Immutable.
///
/// @param change that of the view, as the view itself may hold what is gone since; -1 for none
/// @param losses what is lost, the expired records included
/// @param earliest the first seq that is live and not expired
/// @param expired the live records that have expired
/// @param since the first moment, ms, at which it is known to be true
/// @param until the last moment, ms, at which it is true
public record Expiry(
    long change, Losses losses, long earliest, Removed expired, long since, long until) {
  static final Expiry NOTHING = new Expiry(-1, Losses.NONE, 0, new Removed(), 0, 0);

  /// Nothing of `view` is gone because of its age, at any moment.
  static Expiry none(View view) {
    return new Expiry(
        view.change(),
        view.losses(),
        view.earliest(),
        new Removed(),
        Long.MIN_VALUE,
        Long.MAX_VALUE);
  }

  /// The first seq that is not lost.
  long evictFloor() {
    return losses.evictFloor();
  }
}
