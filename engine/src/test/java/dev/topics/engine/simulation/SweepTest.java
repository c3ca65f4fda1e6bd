package dev.topics.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class SweepTest {
  private static final int BYTES = 1000;

  private SimDisk disk;

  @BeforeEach
  void write() throws IOException {
    disk = new SimDisk(1);
    try (DiskFile file = disk.create("file")) {
      file.allocate(0, BYTES);
    }
  }

  @Test
  void theFirstAndTheLastByteAreTriedHoweverFewAre() {
    Set<Long> tried = ConcurrentHashMap.newKeySet();
    Sweep.places(disk, List.of("file"), 300, (_, at) -> tried.add(at));
    assertThat(tried).contains(0L, BYTES - 1L).allMatch(at -> at >= 0 && at < BYTES);
  }

  @Test
  void whateverATrialFailsWithIsToldAndTheOthersAreTried() {
    Set<Long> tried = ConcurrentHashMap.newKeySet();
    assertThatThrownBy(() ->
            Sweep.places(
                disk,
                List.of("file"),
                1,
                (_, at) -> {
                  tried.add(at);
                  throw new InternalError("a page could not be read");
                }))
        .hasMessageContaining(BYTES + " trials failed");
    assertThat(tried).hasSize(BYTES);
  }
}
