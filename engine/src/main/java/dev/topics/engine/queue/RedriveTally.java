package dev.topics.engine.queue;

import dev.topics.engine.model.RedriveResult;
import dev.topics.engine.model.TopicName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Adds up what a redrive does.
final class RedriveTally {
  private static final int SKIPPED_TOLD_MAX = 100;

  private final Map<String, Long> targets = new TreeMap<>();
  private final List<RedriveResult.Skipped> skipped = new ArrayList<>();
  private long skippedTotal;
  private long jobs;

  void moved(TopicName target, int count) {
    jobs += count;
    targets.merge(target.value(), (long) count, Long::sum);
  }

  void skip(long seq, RedriveResult.Reason reason) {
    skippedTotal++;
    if (skipped.size() < SKIPPED_TOLD_MAX) {
      skipped.add(new RedriveResult.Skipped(seq, reason));
    }
  }

  long jobs() {
    return jobs;
  }

  RedriveResult.Redriven result(boolean more) {
    return new RedriveResult.Redriven(jobs, targets, skipped, skippedTotal, more);
  }
}
