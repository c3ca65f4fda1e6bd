package dev.topics.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.bench.remote.ClassPathServer;
import dev.topics.bench.remote.ServerProcess;
import dev.topics.bench.remote.TopicsConnection;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every scenario on a real server for a moment. Times are not looked at.
final class LoadOnServerTest {
  private static final LoadPlan PLAN =
      new LoadPlan(2, 2, 1, Duration.ofMillis(20), Duration.ofMillis(100), 1);

  @TempDir private Path directory;

  @Test
  void everyScenarioRuns() throws Exception {
    List<Scenario> scenarios =
        List.of(
            new AppendScenario("disk", 1, 100, 1),
            new AppendScenario("memory", 100, 100, 2),
            new AppendScenario("fsync", 10, 100, 1),
            new AppendScenario("ephemeral", 10, 100, 1),
            new DiffScenario("disk", 100, 100, 2000, 2));
    try (ServerProcess server = ClassPathServer.start(directory)) {
      InetSocketAddress address = server.awaitReady(Duration.ofMinutes(3));
      for (Scenario scenario : scenarios) {
        try (TopicsConnection topics = TopicsConnection.open(address, Duration.ofMinutes(2))) {
          scenario.prepare(topics, 0);
        }
        LoadResult result = new Repetition(scenario, PLAN).run(address, server.pid(), 0);
        assertThat(result.requestsPerSecond()).as(scenario.name()).isPositive();
      }
      assertThat(server.terminate(Duration.ofMinutes(2))).isZero();
    }
  }
}
