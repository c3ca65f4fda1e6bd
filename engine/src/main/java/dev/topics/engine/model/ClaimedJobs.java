package dev.topics.engine.model;

import java.util.Arrays;

/// Jobs under a new lease, ascending by seq; none if there was nothing to claim.
public final class ClaimedJobs implements ClaimResult {
  private final long instance;
  private final long[] seqs;
  private final int[] deliveries;
  private final long firstToken;
  private final long deadline;
  private final QueueCounts counts;

  /// @param instance the id of the queue
  /// @param deliveries how often each job was delivered, this time included
  /// @param firstToken of the first job, one more for each further one
  public ClaimedJobs(
      long instance,
      long[] seqs,
      int[] deliveries,
      long firstToken,
      long deadline,
      QueueCounts counts) {
    this.instance = instance;
    this.seqs = seqs;
    this.deliveries = deliveries;
    this.firstToken = firstToken;
    this.deadline = deadline;
    this.counts = counts;
  }

  /// The jobs from number `from` to `end`, exclusive.
  public ClaimedJobs part(int from, int end) {
    return from == 0 && end == seqs.length
        ? this
        : new ClaimedJobs(
            instance,
            Arrays.copyOfRange(seqs, from, end),
            Arrays.copyOfRange(deliveries, from, end),
            firstToken + from,
            deadline,
            counts);
  }

  /// Which instance of the topic they are jobs of.
  public long instance() {
    return instance;
  }

  public int size() {
    return seqs.length;
  }

  /// All seqs; not to be changed.
  public long[] seqs() {
    return seqs;
  }

  public long seq(int i) {
    return seqs[i];
  }

  /// How often the job was delivered, this time included.
  public int deliveries(int i) {
    return deliveries[i];
  }

  /// The token of the lease, as [LeaseToken] writes it.
  public long token(int i) {
    return firstToken + i;
  }

  /// When the leases end, ms since the Unix epoch.
  public long deadline() {
    return deadline;
  }

  /// The queue afterwards.
  public QueueCounts counts() {
    return counts;
  }
}
