package dev.topics.engine.queue;

import dev.topics.engine.model.ClaimResult;
import dev.topics.engine.model.ClaimedJobs;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.model.WorkRequest;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// Jobs pushed to one worker: as many as it may have at a time, the next one as soon as one is
/// done.
///
/// **Threading** Any thread.
public final class WorkStream {
  private final Claims claims;
  private final WorkRequest request;
  private final Jobs jobs;
  private final Runnable arrived;
  private final Worker worker = new Worker();
  private final Queue<ClaimResult> inbox = new ConcurrentLinkedQueue<>();

  /// The leases it holds: tokens by seq. Under the commit lock, as the next two.
  private final Map<Long, Long> held = new HashMap<>();

  private int holder = JobTable.NONE;
  private boolean closed;

  /// @param arrived runs on any thread when [#poll] has something; must not block
  WorkStream(Claims claims, WorkRequest request, Jobs jobs, Runnable arrived) {
    this.claims = claims;
    this.request = request;
    this.jobs = jobs;
    this.arrived = arrived;
  }

  public TopicName topic() {
    return request.topic();
  }

  /// The next jobs for the worker, or why there are no more for good; null if nothing is there now.
  public @Nullable ClaimResult poll() {
    return inbox.poll();
  }

  /// Gives back at once every job that is still held.
  public void close() {
    claims.close(this);
  }

  Jobs jobs() {
    return jobs;
  }

  Claimant claimant() {
    return worker;
  }

  /// Takes no more jobs; returns the leases that are left, tokens by seq.
  Map<Long, Long> end() {
    closed = true;
    return Map.copyOf(held);
  }

  private void ended(long seq) {
    held.remove(seq);
    if (held.isEmpty()) {
      holder = JobTable.NONE;
    }
    jobs.desk().changed();
  }

  private final class Worker implements Claimant {
    @Override
    public String node() {
      return request.node();
    }

    @Override
    public int wants() {
      return closed ? 0 : request.max() - held.size();
    }

    /// It hands on a few of them at a time, as its client takes them.
    @Override
    public long bytesMax() {
      return Long.MAX_VALUE;
    }

    @Override
    public long leaseMillis() {
      return request.leaseMillis();
    }

    @Override
    public int holder(Holders holders) {
      if (holder == JobTable.NONE) {
        holder = holders.of(request.node(), WorkStream.this::ended);
      }
      return holder;
    }

    @Override
    public boolean mayWait() {
      return true;
    }

    @Override
    public boolean stays() {
      return true;
    }

    @Override
    public void promised(ClaimedJobs promised) {
      for (int i = 0; i < promised.size(); i++) {
        held.put(promised.seq(i), promised.token(i));
      }
    }

    @Override
    public void take(ClaimedJobs given) {
      if (given.size() > 0) {
        inbox.add(given);
        arrived.run();
      }
    }

    @Override
    public void refuse(Refusal refusal) {
      inbox.add(refusal);
      arrived.run();
    }
  }
}
