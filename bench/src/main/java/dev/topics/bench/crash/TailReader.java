package dev.topics.bench.crash;

import dev.topics.bench.remote.DiffPage;
import dev.topics.bench.remote.TopicsConnection;
import dev.topics.bench.remote.UnexpectedAnswer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Follows topics while they are written, now and then from an older place, until the server dies.
final class TailReader {
  private static final int LIMIT_MAX = 300;
  private static final int PAUSE_MICROS_MAX = 5000;

  private final Oracle oracle;
  private final SplittableRandom random;
  private final Duration timeout;
  private final Map<String, Long> cursors = new HashMap<>();

  TailReader(Oracle oracle, SplittableRandom random, Duration timeout) {
    this.oracle = oracle;
    this.random = random;
    this.timeout = timeout;
  }

  /// Reads from random ones of `topics` until the connection breaks or the server is not alive.
  void run(InetSocketAddress server, List<CrashTopic> topics, BooleanSupplier alive) {
    try (TopicsConnection connection = TopicsConnection.open(server, timeout)) {
      while (alive.getAsBoolean()) {
        read(connection, topics.get(random.nextInt(topics.size())).name());
        LockSupport.parkNanos(random.nextInt(PAUSE_MICROS_MAX) * 1000L);
      }
    } catch (IOException e) {
      // Killed.
    } catch (UnexpectedAnswer e) {
      oracle.violation(String.valueOf(e.getMessage()));
    }
  }

  private void read(TopicsConnection connection, String topic) throws IOException {
    long headBefore = oracle.head(topic);
    if (headBefore == 0) {
      return;
    }
    long fromSeq = cursors.getOrDefault(topic, 0L);
    if (random.nextInt(20) == 0) {
      fromSeq = random.nextLong(headBefore);
    }
    DiffPage page = connection.diff(topic, fromSeq, 1 + random.nextInt(LIMIT_MAX));
    oracle.shown(topic, fromSeq, page, headBefore);
    cursors.put(topic, page.nextFromSeq());
  }
}
