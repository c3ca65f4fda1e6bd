package dev.topics.engine.model;

import java.util.Arrays;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Asks to move jobs from a dead letter back.
public final class RedriveRequest {
  private final TopicName from;
  private final @Nullable TopicName to;
  private final @Nullable TagMatch match;
  private final long[] seqs;
  private final boolean dryRun;
  private final Predicate<TopicName> allowed;
  private final long throughSeq;

  /// @param to where to; null for where each came from
  /// @param match only those with such a tag
  /// @param seqs only those; empty for all
  /// @param dryRun whether only to tell what would happen
  /// @param allowed which targets the client may write to
  /// @param throughSeq only records up to it: what comes back meanwhile is not moved again
  public RedriveRequest(
      TopicName from,
      @Nullable TopicName to,
      @Nullable TagMatch match,
      long[] seqs,
      boolean dryRun,
      Predicate<TopicName> allowed,
      long throughSeq) {
    this.from = from;
    this.to = to;
    this.match = match;
    this.seqs = Arrays.stream(seqs).sorted().distinct().toArray();
    this.dryRun = dryRun;
    this.allowed = allowed;
    this.throughSeq = throughSeq;
  }

  public TopicName from() {
    return from;
  }

  public @Nullable TopicName to() {
    return to;
  }

  public @Nullable TagMatch match() {
    return match;
  }

  /// Ascending; empty for all.
  public long[] seqs() {
    return seqs;
  }

  public boolean dryRun() {
    return dryRun;
  }

  public boolean allows(TopicName target) {
    return allowed.test(target);
  }

  public long throughSeq() {
    return throughSeq;
  }
}
