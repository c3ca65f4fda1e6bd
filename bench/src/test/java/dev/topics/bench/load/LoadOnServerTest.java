package dev.topics.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.bench.remote.ClassPathServer;
import dev.topics.bench.remote.ServerProcess;
import dev.topics.bench.remote.TopicsConnection;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

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
            new AnyTopicScenario("disk", 2, 100, 50),
            new DiffScenario("disk", 100, 100, 2000, 2, null));
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

  @Test
  void manyTopicsAreComparedWithOne() {
    Path json = directory.resolve("figures.json");
    assertThat(printedBy("topics", "--topics", "70", "--json", json.toString()))
        .contains("2 connections, to any of 70 topics")
        .contains("1 connections, to any of 70 topics");
    assertThat(json)
        .content()
        .containsSubsequence("to 1 topics", "to 70 topics", "to 1 topics", "to 70 topics");
  }

  @Test
  void recordsInPacksAreRead() throws Exception {
    Path data = directory.resolve("data");
    Scenario packed = new DiffScenario("disk", 100, 100, 2000, 2, data);
    try (ServerProcess server = ClassPathServer.start(directory)) {
      InetSocketAddress address = server.awaitReady(Duration.ofMinutes(3));
      try (TopicsConnection topics = TopicsConnection.open(address, Duration.ofMinutes(2))) {
        packed.prepare(topics, 0);
        assertThat(topics.metric("topics_packs_written_total")).isPositive();
      }
      assertThat(data.resolve("packs")).isNotEmptyDirectory();
      LoadResult result = new Repetition(packed, PLAN).run(address, server.pid(), 0);
      assertThat(result.requestsPerSecond()).isPositive();
      assertThat(server.terminate(Duration.ofMinutes(2))).isZero();
    }
  }

  private static String printedBy(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--server", String.join(" ", ClassPathServer.command("serve"))));
    all.addAll(List.of("--connections", "2", "--repetitions", "1"));
    all.addAll(List.of("--warm-up", "0.02", "--seconds", "0.1"));
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      assertThat(new CommandLine(new LoadCommand()).execute(all.toArray(String[]::new))).isZero();
    } finally {
      System.setOut(before);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }
}
