package dev.topics.engine.topic;

import dev.topics.engine.index.Reservation;
import dev.topics.engine.model.Discard;
import dev.topics.engine.model.TopicConfig;
import dev.topics.engine.record.NewRecords;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What goes with records that are added to a topic, whoever adds them: what they push out, the
/// seqs that stay reserved, and when readers may see them.
///
/// **Threading** Under the commit lock.
final class Growth {
  private final CommitLog commits;
  private final Sizes sizes;

  /// @param sizes the sums for whoever holds the commit lock
  Growth(CommitLog commits, Sizes sizes) {
    this.commits = commits;
    this.sizes = sizes;
  }

  /// What must go so that `topic` with `adding` behind it keeps within its caps; null for nothing.
  Retention.@Nullable Eviction eviction(Topic topic, NewRecords adding) {
    TopicConfig config = topic.config();
    if (!config.capped() || config.discard() != Discard.OLD) {
      return null;
    }
    return Retention.capEviction(topic, topic.committed(), config, adding, sizes);
  }

  /// Renews the reservation in the `frame` that moves the head of `topic` on to `newHead`, if it is
  /// used up or soon will be.
  void reserve(Topic topic, long newHead, long nowNanos, List<Operation> frame) {
    if (topic.config().durable()) {
      return;
    }
    Reservation reservation = topic.reservation();
    reservation.used(topic.head(), newHead, nowNanos);
    if (reservation.isRunningOut(newHead)) {
      long loggedHead = topic.isEphemeral() ? topic.head() : newHead;
      long through = reservation.next(newHead, nowNanos, commits.durableLsn());
      frame.add(new Operation.Reserve(topic.id(), loggedHead, through));
    }
  }

  /// Whether readers may see a head of `newHead` before the next sync: only if it is certain that
  /// no other record ever gets these seqs.
  boolean isVisibleAtOnce(Topic topic, long newHead) {
    return !topic.config().durable()
        && !topic.hasQueuedViews()
        && newHead <= topic.reservation().safeThrough(commits.durableLsn());
  }

  /// Lets readers see what was added, and tells those who wait for it.
  void publish(Topic topic) {
    commits.publish(topic);
    if (topic.news().any()) {
      commits.afterUnlock(topic.news()::ring);
    }
  }

  /// The same as soon as they may, where nobody waits for an answer.
  void publishInTime(Topic topic) {
    if (isVisibleAtOnce(topic, topic.head())) {
      publish(topic);
    } else {
      commits.publishDurable(topic);
    }
  }
}
