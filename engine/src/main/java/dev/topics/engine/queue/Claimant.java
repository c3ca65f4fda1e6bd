package dev.topics.engine.queue;

import dev.topics.engine.model.ClaimedJobs;
import dev.topics.engine.model.Refusal;

/// Somebody who wants jobs.
///
/// **Threading** Under the commit lock, but for [#take] and [#refuse], which run without it.
interface Claimant {
  String node();

  /// How many jobs it wants now.
  int wants();

  /// How many bytes of payload it takes at once, unless one job has more.
  long bytesMax();

  /// How long it holds them, ms; 0 for what the queue says.
  long leaseMillis();

  /// Its number among the holders, once it has jobs.
  int holder(Holders holders);

  /// Whether it goes on waiting when a pass brought nothing.
  boolean mayWait();

  /// Whether it stays after it got some jobs.
  boolean stays();

  /// The lease `token` of the job `seq` is its own from now on.
  void began(long seq, long token);

  /// Notes that it gets `jobs`; leases of them may be over already.
  void promised(ClaimedJobs jobs);

  /// Gets what it was promised.
  void take(ClaimedJobs jobs);

  void refuse(Refusal refusal);
}
