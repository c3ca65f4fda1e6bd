package dev.topics.engine.queue;

import dev.topics.engine.model.ClaimRequest;
import dev.topics.engine.model.ClaimResult;
import dev.topics.engine.model.ClaimedJobs;
import dev.topics.engine.model.Refusal;
import java.util.concurrent.CompletableFuture;

/// A claim that has an answer or waits for one.
///
/// **Threading** Any thread.
public final class PendingClaim {
  private final Claims claims;
  private final ClaimRequest request;
  private final CompletableFuture<ClaimResult> answer = new CompletableFuture<>();
  private final Waiting waiting = new Waiting();

  /// Whether an answer is there or promised. Under the commit lock.
  private boolean settled;

  PendingClaim(Claims claims, ClaimRequest request) {
    this.claims = claims;
    this.request = request;
  }

  /// Completes when there are jobs, when [#giveUp] was called, or when the claim is refused; on any
  /// thread.
  public CompletableFuture<ClaimResult> answer() {
    return answer;
  }

  /// Ends the wait: the answer is empty unless jobs were found meanwhile.
  public void giveUp() {
    claims.giveUp(this);
  }

  ClaimRequest request() {
    return request;
  }

  Claimant claimant() {
    return waiting;
  }

  boolean isSettled() {
    return settled;
  }

  private final class Waiting implements Claimant {
    @Override
    public String node() {
      return request.node();
    }

    @Override
    public int wants() {
      return request.max();
    }

    @Override
    public long bytesMax() {
      return request.bytesMax();
    }

    @Override
    public long leaseMillis() {
      return request.leaseMillis();
    }

    @Override
    public int holder(Holders holders) {
      return holders.of(request.node());
    }

    @Override
    public boolean mayWait() {
      return request.mayWait();
    }

    @Override
    public boolean stays() {
      return false;
    }

    @Override
    public void began(long seq, long token) {}

    @Override
    public void promised(ClaimedJobs jobs) {
      settled = true;
    }

    @Override
    public void take(ClaimedJobs jobs) {
      answer.complete(jobs);
    }

    @Override
    public void refuse(Refusal refusal) {
      answer.complete(refusal);
    }
  }
}
