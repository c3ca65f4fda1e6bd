package dev.topics.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine;

/// Runs each benchmark for a moment, so that none of them rots. Times are not looked at.
final class BenchmarksTest {
  @Test
  void everyBenchmarkRuns() throws Exception {
    var options =
        new OptionsBuilder()
            .include("dev\\.topics\\.bench\\..*")
            .param("prefilled", "3000")
            .forks(0)
            .warmupIterations(0)
            .measurementIterations(1)
            .measurementTime(TimeValue.milliseconds(10))
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .build();

    assertThat(new Runner(options).run()).isNotEmpty();
  }

  @Test
  void theHoldTimeOfTheLockIsMeasured() {
    int status =
        new CommandLine(new LockCommand()).execute("--writes=20", "--repetitions=1", "--batch=3");

    assertThat(status).isZero();
  }

  @Test
  void forwardingIsMeasured() {
    int status =
        new CommandLine(new RoutersCommand())
            .execute(
                "--writes=5", "--routers=0,2", "--batches=2", "--pause-micros=10", "--rounds=2");

    assertThat(status).isZero();
  }
}
