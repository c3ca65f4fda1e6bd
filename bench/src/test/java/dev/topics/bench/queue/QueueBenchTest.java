package dev.topics.bench.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.bench.load.SampleRecords;
import dev.topics.bench.remote.Bytes;
import dev.topics.bench.remote.ClassPathServer;
import dev.topics.bench.remote.ServerProcess;
import dev.topics.bench.remote.TopicsConnection;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What measures must not rot: a moment with tiny input.
final class QueueBenchTest {
  @Test
  void claimsAreMeasuredAmongLeasedAndDelayedJobs() throws Exception {
    try (LeaseBench bench = new LeaseBench(2000, 1000, 1000)) {
      assertThat(bench.claims(10)).startsWith("claim 8: p50");
    }
  }

  @Test
  void workersAndStreamsAreMeasuredOnAServer(@TempDir Path directory) throws Exception {
    try (ServerProcess server = ClassPathServer.start(directory)) {
      InetSocketAddress address = server.awaitReady(Duration.ofMinutes(3));
      try (TopicsConnection topics = TopicsConnection.open(address, Duration.ofMinutes(2))) {
        topics.putTopic("work", "{\"type\":\"queue\"}");
        topics.append("work", Bytes.utf8(SampleRecords.batch(100, 100)));
        topics.putTopic("streams", "{\"type\":\"queue\"}");
        topics.append("streams", Bytes.utf8(SampleRecords.batch(20, 100)));
      }
      WorkResult result =
          new Workers(address, "work", 3, 8).run(Duration.ofMinutes(3), server.pid());
      assertThat(result.jobs()).isEqualTo(100);
      assertThat(new ReleaseBench(address, "streams", 4, 5).run()).isPositive();
    }
  }
}
