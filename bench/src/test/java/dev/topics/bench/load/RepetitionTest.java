package dev.topics.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.bench.remote.Bytes;
import dev.topics.bench.remote.FakeServer;
import dev.topics.bench.remote.HttpAnswer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RepetitionTest {
  private static final LoadPlan PLAN =
      new LoadPlan(3, 4, 2, Duration.ofMillis(50), Duration.ofMillis(100), 1);

  private final Scenario scenario = new AppendScenario("disk", 2, 100, 1);

  @Test
  void answersWithinTheMeasuredTimeAreCounted() throws Exception {
    try (FakeServer server = FakeServer.start((line, body) -> answer(200, "{\"count\":2}"))) {
      LoadResult result =
          new Repetition(scenario, PLAN).run(server.address(), ProcessHandle.current().pid(), 0);
      assertThat(result.requestsPerSecond()).isPositive();
      assertThat(result.recordsPerSecond()).isEqualTo(2 * result.requestsPerSecond());
      assertThat(result.maxMicros()).isGreaterThanOrEqualTo(result.p50Micros());
      assertThat(LoadReport.summary("s", List.of(result))).contains("req/s");
      assertThat(LoadReport.json("s", PLAN, List.of(result))).startsWith("{").endsWith("}");
      assertThat(server.requests()).isPositive();
    }
  }

  @Test
  void refusalsAreNoMeasurement() throws Exception {
    try (FakeServer server = FakeServer.start((line, body) -> answer(503, "no"))) {
      assertThatThrownBy(() -> new Repetition(scenario, PLAN).run(server.address(), 0, 0))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("refusals, the first: no");
    }
  }

  @Test
  void lessWorkThanAskedForIsNoMeasurement() throws Exception {
    try (FakeServer server = FakeServer.start((line, body) -> answer(200, "{\"count\":1}"))) {
      assertThatThrownBy(() -> new Repetition(scenario, PLAN).run(server.address(), 0, 0))
          .hasMessageContaining("1 records instead of 2");
    }
  }

  @Test
  void theMedianIsTakenOfEachFigure() {
    assertThat(LoadReport.median(List.of(result(1), result(9), result(4))).p50Micros())
        .isEqualTo(4);
    assertThat(LoadReport.median(List.of(result(1), result(3))).maxMicros()).isEqualTo(2);
  }

  private static LoadResult result(double all) {
    return new LoadResult(all, all, all, all, all, all, all, all, all);
  }

  private static HttpAnswer answer(int status, String body) {
    return new HttpAnswer(status, Bytes.utf8(body));
  }
}
