package dev.topics.bench.crash;

import dev.topics.bench.remote.TopicsConnection;
import dev.topics.bench.remote.UnexpectedAnswer;
import dev.topics.bench.remote.WriteAck;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Appends without a break until the server dies; remembers the write that was not answered.
///
/// It lives through all rounds: one thread at a time.
final class Writer {
  private static final int PAUSE_MICROS_MAX = 4000;

  private final Oracle oracle;
  private final SplittableRandom random;
  private final BatchSource batches;
  private final Duration timeout;
  private final boolean powerCuts;

  private @Nullable Sending unanswered;
  private @Nullable Sending lastAnswered;

  private record Sending(CrashTopic topic, Batch batch) {}

  /// @param powerCuts whether the disk may go before the server
  Writer(String name, Oracle oracle, SplittableRandom random, Duration timeout, boolean powerCuts) {
    this.powerCuts = powerCuts;
    this.oracle = oracle;
    this.random = random;
    this.batches = new BatchSource(name, random.split());
    this.timeout = timeout;
  }

  /// Writes to random ones of `topics` until the connection breaks.
  void run(InetSocketAddress server, List<CrashTopic> topics) {
    try (TopicsConnection connection = TopicsConnection.open(server, timeout)) {
      while (true) {
        Sending last = lastAnswered;
        if (last != null && random.nextInt(50) == 0) {
          send(connection, last, true);
        } else {
          CrashTopic topic = topics.get(random.nextInt(topics.size()));
          Sending next = new Sending(topic, batches.next(topic));
          unanswered = next;
          send(connection, next, false);
          unanswered = null;
          lastAnswered = next;
        }
        LockSupport.parkNanos(random.nextInt(PAUSE_MICROS_MAX) * 1000L);
      }
    } catch (IOException e) {
      // Killed.
    } catch (UnexpectedAnswer e) {
      String answer = String.valueOf(e.getMessage());
      if (!powerCuts || !answer.contains("storage_failed")) {
        oracle.violation(answer);
      }
    }
  }

  /// After a restart: sends again what was not answered, and once more what was answered last,
  /// where that has to survive.
  void resume(InetSocketAddress server) throws IOException {
    try (TopicsConnection connection = TopicsConnection.open(server, timeout)) {
      if (lastAnswered != null && lastAnswered.topic().survivesKill()) {
        send(connection, lastAnswered, true);
      }
      if (unanswered != null) {
        send(connection, unanswered, true);
        unanswered = null;
      }
      lastAnswered = null;
    } catch (UnexpectedAnswer e) {
      oracle.violation(String.valueOf(e.getMessage()));
    }
  }

  private void send(TopicsConnection connection, Sending sending, boolean repeated)
      throws IOException {
    Batch batch = sending.batch();
    long headBefore = oracle.head(batch.topic());
    WriteAck ack = connection.append(batch.topic(), batch.body(sending.topic().config()));
    oracle.acked(batch, ack, headBefore, repeated);
  }
}
