package dev.topics.bench.debian;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.bench.remote.ClassPathServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DebianRunTest {
  @TempDir private Path directory;

  @Test
  void packagesAreReadBackAsSentAfterACrash() throws Exception {
    List<PackageEntry> packages = PackageIndex.sample().packages().subList(0, 300);
    List<String> progress = new ArrayList<>();

    new DebianRun(() -> ClassPathServer.start(directory), packages, 10, progress::add)
        .run(new SplittableRandom(3));

    assertThat(progress).anySatisfy(line -> assertThat(line).contains("every byte equal"));
  }
}
