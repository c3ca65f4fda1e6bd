package dev.topics.engine.queue;

import dev.topics.engine.simulation.ManualClock;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// A write of a few jobs, some of them with an order key, a delay or a priority.
final class TrialWrite {
  private static final int JOBS_MAX = 4;
  private static final int KEYS = 2;
  private static final int DELAY_MILLIS_MAX = 500;
  private static final int PRIORITIES = 10;

  private final List<Job> jobs = new ArrayList<>();

  private record Job(@Nullable String key, long delayMillis, int priority) {
    String json() {
      return "{\"data\":1"
          + (key == null ? "" : ",\"order_key\":\"" + key + "\"")
          + (delayMillis == 0 ? "" : ",\"delay_ms\":" + delayMillis)
          + (priority == 0 ? "" : ",\"priority\":" + priority)
          + "}";
    }
  }

  TrialWrite(SplittableRandom random) {
    int count = 1 + random.nextInt(JOBS_MAX);
    for (int i = 0; i < count; i++) {
      jobs.add(
          new Job(
              random.nextInt(3) == 0 ? "k" + random.nextInt(KEYS) : null,
              random.nextInt(4) == 0 ? 1 + random.nextInt(DELAY_MILLIS_MAX) : 0,
              random.nextInt(4) == 0 ? random.nextInt(PRIORITIES) : 0));
    }
  }

  int size() {
    return jobs.size();
  }

  byte[] body() {
    List<String> records = jobs.stream().map(Job::json).toList();
    return ("{\"records\":[" + String.join(",", records) + "]}").getBytes(StandardCharsets.UTF_8);
  }

  /// Job number `i`, which was written just now as `seq`, as the model knows it.
  ///
  /// @param ts the time of its record
  /// @param now as the model counts
  ModelJob job(int i, long seq, long ts, ManualClock clock, long now) {
    Job job = jobs.get(i);
    boolean delayed = job.delayMillis() > 0;
    long since = delayed ? Math.max(ts, clock.wallMillis() + job.delayMillis()) : ts;
    return new ModelJob(
        seq,
        job.key(),
        job.priority(),
        waits(since, job.priority()),
        delayed ? now + job.delayMillis() : 0);
  }

  /// A job of a priority waits as if it had come a minute earlier for each step.
  static long waits(long since, int priority) {
    return since - priority * 60_000L;
  }
}
