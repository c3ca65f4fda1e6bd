package dev.topics.bench.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.bench.remote.ClassPathServer;
import dev.topics.bench.remote.ServerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CrashRoundsTest {
  @TempDir private Path directory;

  @Test
  void aKilledServerKeepsWhatItAcknowledged() throws Exception {
    CrashPlan plan = new CrashPlan(2, 4, 1, Duration.ofMillis(700), false, 7);
    List<String> progress = new ArrayList<>();

    Oracle oracle = new CrashRounds(new FromClassPath(), plan, progress::add).run();

    assertThat(oracle.violations()).isEmpty();
    assertThat(oracle.ackedRecords()).isPositive();
    assertThat(progress).hasSize(2);
  }

  private final class FromClassPath implements CrashRounds.Installation {
    @Override
    public ServerProcess launch() throws IOException {
      return ClassPathServer.start(directory);
    }

    @Override
    public void crash(ServerProcess server) {
      server.kill();
    }

    @Override
    public int verify() throws IOException, InterruptedException {
      return ClassPathServer.run("verify", directory.resolve("data").toString());
    }
  }
}
