package dev.topics.bench.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.bench.load.SampleRecords;
import dev.topics.bench.remote.Bytes;
import dev.topics.bench.remote.ClassPathServer;
import dev.topics.bench.remote.ServerProcess;
import dev.topics.bench.remote.TopicsConnection;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every measurement of live delivery on a real server for a moment. Times are not looked at.
final class WatchOnServerTest {
  @TempDir private Path directory;

  @Test
  void everyMeasurementRuns() throws Exception {
    List<String> topics = List.of("a", "b");
    Bytes body = Bytes.utf8(SampleRecords.batch(10, 100));
    try (ServerProcess process = ClassPathServer.start(directory)) {
      InetSocketAddress server = process.awaitReady(Duration.ofMinutes(3));
      try (TopicsConnection connection = TopicsConnection.open(server, Duration.ofMinutes(2))) {
        connection.putTopic("a", "{}");
        connection.putTopic("b", "{}");
      }
      try (Streams streams = new Streams(server, 5, topics)) {
        PacedRun run = new PacedRun();
        run.run(server, streams, topics, body, 4, 1);
        assertThat(streams.events()).isEqualTo(20);
        assertThat(run.report()).contains("ack p50");
        AnswerTimes before = AnswerTimes.scrape(server);
        String stalled = StalledRun.run(server, streams, List.of("a"), body, body, 2, 8);
        assertThat(stalled).contains("without a stalled one: delivery p50");
        assertThat(AnswerTimes.scrape(server).since(before)).contains("within 1.00 ms");
        String flood = FloodRun.run(server, streams, "a", body, Duration.ofMillis(100), 1000);
        assertThat(flood).contains("to 5 streams");
      }
      assertThat(SocketRun.run(server, "b", "1", 5, Duration.ZERO)).contains("own subscription");
      assertThat(ProcessFacts.residentBytes(process.pid())).isPositive();
      assertThat(ProcessFacts.descriptors(process.pid())).isPositive();
      assertThat(process.terminate(Duration.ofMinutes(2))).isZero();
    }
  }
}
