package dev.topics.bench.crash;

import dev.topics.bench.remote.QueueConnection.Job;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Judges what a server says about the jobs of one queue through all of its lives: an acked job
/// never returns, a job is in the queue or in the dead letter and never in both, and no job is
/// delivered less often than before.
///
/// **Threading** Any thread.
final class QueueOracle {
  private final String queue;
  private final List<String> violations = new ArrayList<>();
  private final Set<Long> appended = new HashSet<>();
  private final Map<Long, Long> acked = new HashMap<>();
  private final Set<Long> ackUnanswered = new HashSet<>();

  /// Each delivery that was told, as `seq:deliveries`: none is told twice.
  private final Set<String> delivered = new HashSet<>();

  private final Map<Long, Integer> deliveries = new HashMap<>();
  private Map<Long, Integer> deliveriesAtRestart = Map.of();
  private long claims;
  private long moment;

  QueueOracle(String queue) {
    this.queue = queue;
  }

  synchronized List<String> violations() {
    return List.copyOf(violations);
  }

  synchronized long acks() {
    return acked.size();
  }

  synchronized long claims() {
    return claims;
  }

  @SuppressWarnings("AnnotateFormatMethod") // its annotation is not worth a dependency
  private void violate(String what, Object... details) {
    violations.add(queue + ": " + String.format(what, details));
  }

  synchronized void appended(long firstSeq, long lastSeq) {
    for (long seq = firstSeq; seq <= lastSeq; seq++) {
      appended.add(seq);
    }
  }

  /// A moment before a request is sent.
  synchronized long moment() {
    return ++moment;
  }

  /// @param askedAt the moment before the claim was sent: what is told late is not wrong
  synchronized void claimed(Job job, long askedAt) {
    claims++;
    Long ackedAt = acked.get(job.seq());
    if (ackedAt != null && ackedAt < askedAt) {
      violate("job %d was claimed although it had been acked", job.seq());
    }
    int before = deliveriesAtRestart.getOrDefault(job.seq(), 0);
    if (job.deliveries() <= before || !delivered.add(job.seq() + ":" + job.deliveries())) {
      violate("job %d: delivery %d again, at the restart %d", job.seq(), job.deliveries(), before);
    }
    deliveries.merge(job.seq(), job.deliveries(), Math::max);
  }

  /// An ack of these is about to be sent.
  synchronized void acking(List<Job> jobs) {
    jobs.forEach(job -> ackUnanswered.add(job.seq()));
  }

  /// All of them were acked.
  synchronized void acked(List<Job> jobs) {
    for (Job job : jobs) {
      ackUnanswered.remove(job.seq());
      acked.put(job.seq(), ++moment);
    }
  }

  /// What is there after a restart.
  ///
  /// @param live the seqs in the queue
  /// @param dead how often each job in the dead letter was delivered, by the seq that it had
  synchronized void restarted(Set<Long> live, Map<Long, Integer> dead) {
    deliveriesAtRestart = Map.copyOf(deliveries);
    for (long seq : live) {
      if (acked.containsKey(seq)) {
        violate("job %d is back although it had been acked", seq);
      }
      if (dead.containsKey(seq)) {
        violate("job %d is in the queue and in the dead letter", seq);
      }
    }
    dead.forEach((seq, count) -> {
      if (acked.containsKey(seq)) {
        violate("job %d is in the dead letter although it had been acked", seq);
      }
      int before = deliveries.getOrDefault(seq, 0);
      if (count < before) {
        violate("job %d died after %d deliveries, had %d", seq, count, before);
      }
    });
    for (long seq : appended) {
      boolean accounted =
          live.contains(seq)
              || dead.containsKey(seq)
              || acked.containsKey(seq)
              || ackUnanswered.contains(seq);
      if (!accounted) {
        violate("job %d is neither in the queue nor in the dead letter", seq);
      }
    }
  }

  synchronized void twiceDead(long seq) {
    violate("job %d is in the dead letter twice", seq);
  }

  synchronized void refused(String answer) {
    violate("unexpected answer: %s", answer);
  }
}
