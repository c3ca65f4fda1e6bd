package dev.topics.bench.load;

import java.time.Duration;

/// How a scenario is driven: `connections` × `pipeline` requests are always under way (a closed
/// loop), first for `warmUp`, then for `measured`, and all of it `repetitions` times.
record LoadPlan(
    int connections,
    int pipeline,
    int threads,
    Duration warmUp,
    Duration measured,
    int repetitions) {

  LoadPlan {
    if (connections < 1 || pipeline < 1 || threads < 1 || repetitions < 1) {
      throw new IllegalArgumentException("connections, pipeline, threads, repetitions: at least 1");
    }
    if (threads > connections) {
      throw new IllegalArgumentException("more threads than connections");
    }
  }
}
