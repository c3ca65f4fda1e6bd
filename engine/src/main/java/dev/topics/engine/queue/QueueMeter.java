package dev.topics.engine.queue;

import java.util.concurrent.atomic.LongAdder;

/// Counts what queues do. **Threading** Any thread.
final class QueueMeter {
  final LongAdder claimed = new LongAdder();
  final LongAdder acked = new LongAdder();
  final LongAdder nacked = new LongAdder();
  final LongAdder extended = new LongAdder();
  final LongAdder expired = new LongAdder();
  final LongAdder deadLettered = new LongAdder();

  QueueStats stats() {
    return new QueueStats(
        claimed.sum(),
        acked.sum(),
        nacked.sum(),
        extended.sum(),
        expired.sum(),
        deadLettered.sum());
  }
}
