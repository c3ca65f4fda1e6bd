package dev.topics.bench.crash;

import dev.topics.bench.remote.Bytes;
import dev.topics.bench.remote.QueueConnection;
import dev.topics.bench.remote.QueueConnection.Job;
import dev.topics.bench.remote.TopicsConnection;
import dev.topics.bench.remote.UnexpectedAnswer;
import dev.topics.bench.remote.WriteAck;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/// Writes jobs, works on some, gives some back and forgets others, until the server dies.
final class QueueWorker {
  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final int CLAIM_MAX = 8;

  private final String node;
  private final List<CrashQueue> queues;
  private final SplittableRandom random;

  QueueWorker(String node, List<CrashQueue> queues, SplittableRandom random) {
    this.node = node;
    this.queues = queues;
    this.random = random;
  }

  void run(InetSocketAddress server) {
    try (QueueConnection jobs = QueueConnection.open(server, ANSWER, node);
        TopicsConnection topics = TopicsConnection.open(server, ANSWER)) {
      while (true) {
        CrashQueue queue = queues.get(random.nextInt(queues.size()));
        if (random.nextInt(3) == 0) {
          write(topics, queue);
        } else {
          work(jobs, queue);
        }
      }
    } catch (IOException e) {
      // Killed.
    } catch (UnexpectedAnswer e) {
      queues.getFirst().oracle().refused(String.valueOf(e.getMessage()));
    }
  }

  private void write(TopicsConnection topics, CrashQueue queue) throws IOException {
    int count = 1 + random.nextInt(20);
    String records = ("{\"data\":{\"by\":\"" + node + "\"}},").repeat(count);
    String body = "{\"records\":[" + records.substring(0, records.length() - 1) + "]}";
    WriteAck ack = topics.append(queue.name(), Bytes.utf8(body));
    queue.oracle().appended(ack.firstSeq(), ack.lastSeq());
  }

  private void work(QueueConnection connection, CrashQueue queue) throws IOException {
    long askedAt = queue.oracle().moment();
    List<Job> jobs = connection.claim(queue.name(), 1 + random.nextInt(CLAIM_MAX));
    jobs.forEach(job -> queue.oracle().claimed(job, askedAt));
    if (jobs.isEmpty()) {
      return;
    }
    int fate = random.nextInt(10);
    if (fate < 6) {
      queue.oracle().acking(jobs);
      if (connection.ack(queue.name(), jobs) == jobs.size()) {
        queue.oracle().acked(jobs);
      }
    } else if (fate < 9) {
      connection.nack(queue.name(), jobs);
    }
  }
}
