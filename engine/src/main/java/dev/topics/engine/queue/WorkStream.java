package dev.topics.engine.queue;

import dev.topics.engine.model.ClaimResult;
import dev.topics.engine.model.ClaimedJobs;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.model.WorkRequest;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Jobs pushed to one worker: as many as it may have at a time, the next one as soon as one is
/// done. As long as it has not taken what it was given it gets nothing more, though its leases end:
/// of a worker that does not read, each delivery would be wasted.
///
/// **Threading** Any thread; [#poll] one at a time.
public final class WorkStream {
  private final Claims claims;
  private final WorkRequest request;
  private final Jobs jobs;
  private final Runnable arrived;
  private final Worker worker = new Worker();
  private final Queue<ClaimResult> inbox = new ConcurrentLinkedQueue<>();

  /// How often it was given jobs that were not taken out yet, or not all of them.
  private final AtomicInteger untaken = new AtomicInteger();

  /// Whether it was given nothing because there is something that is untaken.
  private volatile boolean passedOver;

  /// What is taken out now, from number `next` on. Of who polls.
  private @Nullable ClaimedJobs current;

  private int next;

  /// The leases it holds: tokens by seq. Changed under the commit lock, as the next two.
  private final Map<Long, Long> held = new ConcurrentHashMap<>();

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

  /// The next jobs for the worker, `most` of them at most, or why there are no more for good; null
  /// if nothing is there now. Jobs whose lease is over are left out. To ask for more says that what
  /// it gave before has gone out.
  public @Nullable ClaimResult poll(int most) {
    while (true) {
      ClaimedJobs jobs = current;
      if (jobs == null) {
        ClaimResult more = inbox.poll();
        if (!(more instanceof ClaimedJobs given)) {
          return more;
        }
        current = given;
        next = 0;
        continue;
      }
      while (next < jobs.size() && !isHeld(jobs, next)) {
        next++;
      }
      int from = next;
      while (next < jobs.size() && next - from < most && isHeld(jobs, next)) {
        next++;
      }
      if (next > from) {
        return jobs.part(from, next);
      }
      current = null;
      taken();
    }
  }

  private boolean isHeld(ClaimedJobs jobs, int i) {
    Long token = held.get(jobs.seq(i));
    return token != null && token == jobs.token(i);
  }

  private void taken() {
    untaken.decrementAndGet();
    if (passedOver) {
      passedOver = false;
      jobs.desk().changed();
    }
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
      int free = closed ? 0 : request.max() - held.size();
      if (free > 0 && untaken.get() > 0) {
        passedOver = true;
        // It may have been taken before that was set, and then nobody hears of it.
        return untaken.get() > 0 ? 0 : free;
      }
      return free;
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
    public void began(long seq, long token) {
      held.put(seq, token);
    }

    @Override
    public void promised(ClaimedJobs promised) {
      if (promised.size() > 0) {
        untaken.incrementAndGet();
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
