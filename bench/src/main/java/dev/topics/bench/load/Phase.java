package dev.topics.bench.load;

/// Where a repetition stands.
enum Phase {
  WARM_UP,
  MEASURE,
  OVER
}
