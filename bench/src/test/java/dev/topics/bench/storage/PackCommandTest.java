package dev.topics.bench.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class PackCommandTest {
  @TempDir private Path directory;

  @Test
  void runsWithLittleDataAndLeavesNothingBehind() {
    int exit =
        new CommandLine(new PackCommand())
            .execute(
                "--records", "1000", "--repetitions", "1", "--directory", directory.toString());
    assertThat(exit).isZero();
    assertThat(directory).isEmptyDirectory();
  }
}
