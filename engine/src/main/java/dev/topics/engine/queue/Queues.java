package dev.topics.engine.queue;

import dev.topics.engine.model.ClaimRequest;
import dev.topics.engine.model.ClaimResult;
import dev.topics.engine.model.ClaimedJobs;
import dev.topics.engine.model.LeaseRequest;
import dev.topics.engine.model.LeaseResult;
import dev.topics.engine.model.LeasesResult;
import dev.topics.engine.model.RedriveRequest;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.model.WorkRequest;
import dev.topics.engine.topic.Door;
import dev.topics.engine.topic.EngineTime;
import dev.topics.engine.topic.JobState;
import dev.topics.engine.topic.Topic;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// All queues of an engine: claiming jobs, and what their holders do with them (http-api §8).
///
/// **Threading** Any thread. Futures complete at once, on the flusher's thread, or on the one that
/// calls [#step].
public final class Queues {
  private final Door door;
  private final Signals signals;
  private final QueueMeter meter;
  private final Leases leases;
  private final Claims claims;

  /// Makes what queues know beyond their records, and afterwards the [Queues] over them.
  public static final class Opening implements JobState.Factory {
    private final EngineTime time;
    private final Signals signals = new Signals();
    private final QueueMeter meter = new QueueMeter();

    public Opening(EngineTime time) {
      this.time = time;
    }

    @Override
    public JobState create(Topic queue) {
      return new Jobs(queue, time, signals, meter);
    }

    /// The queues, once everything is recovered.
    ///
    /// @param bootEpoch of this run; no other run has the same
    public Queues open(Door door, int bootEpoch) {
      return new Queues(door, signals, meter, bootEpoch);
    }
  }

  private Queues(Door door, Signals signals, QueueMeter meter, int bootEpoch) {
    this.door = door;
    this.signals = signals;
    this.meter = meter;
    leases = new Leases(door, meter);
    claims = new Claims(door, leases, new DeadLetters(door, meter), meter, signals, bootEpoch);
  }

  Door door() {
    return door;
  }

  /// Claims jobs; the answer waits for some if the request may.
  public PendingClaim claim(ClaimRequest request) {
    return claims.claim(request);
  }

  /// Gives claimed jobs back at once, as their worker is gone before it got them.
  public void giveBack(TopicName name, ClaimedJobs claimed) {
    Topic queue = door.find(name);
    if (queue != null && queue.id() == claimed.instance() && queue.jobs() instanceof Jobs jobs) {
      Map<Long, Long> tokens = new HashMap<>();
      for (int i = 0; i < claimed.size(); i++) {
        tokens.put(claimed.seq(i), claimed.token(i));
      }
      leases.giveBack(jobs, tokens);
    }
  }

  /// Opens a stream of jobs and hands it to `opened`, unless the answer is a refusal.
  ///
  /// @param arrived runs on any thread when the stream has something; must not block
  public ClaimResult open(WorkRequest request, Runnable arrived, Consumer<WorkStream> opened) {
    return claims.open(request, arrived, opened);
  }

  /// Jobs are done: they are deleted, as durably as records of the queue are written.
  public CompletableFuture<LeaseResult> ack(LeaseRequest request) {
    return leases.ack(request);
  }

  /// Jobs are given back.
  ///
  /// @param delayMillis how long nobody gets them; negative for what the queue says about retries
  /// @param error why; UTF-8, kept with each job
  public CompletableFuture<LeaseResult> nack(
      LeaseRequest request, long delayMillis, byte @Nullable [] error) {
    return leases.nack(request, delayMillis, error);
  }

  /// Leases last for `leaseMillis` from now on.
  public CompletableFuture<LeaseResult> extend(LeaseRequest request, long leaseMillis) {
    return leases.extend(request, leaseMillis);
  }

  /// The jobs behind `afterSeq` that are leased, delayed or were delivered before, ascending.
  public LeasesResult leases(TopicName queue, long afterSeq, int limit) {
    return leases.list(queue, afterSeq, limit);
  }

  /// Moves jobs from a dead letter back, a slice of it at a time.
  public Redrive newRedrive(RedriveRequest request) {
    return new Redrive(door, request);
  }

  /// What was done since the engine was opened.
  public QueueStats stats() {
    return meter.stats();
  }

  /// A reader of claimed jobs, for one thread.
  public JobReader newReader() {
    return new JobReader(door);
  }

  /// Serves those who wait, where something has happened; returns for how many queues.
  public int step() {
    return claims.step();
  }

  /// Milliseconds until the clock alone gives [#step] something to do.
  public long millisToNextStep() {
    return claims.millisToNextLook();
  }

  /// Sets what is run, on any thread, when [#step] has something to do sooner.
  public void listen(Runnable wake) {
    signals.listen(wake);
  }
}
