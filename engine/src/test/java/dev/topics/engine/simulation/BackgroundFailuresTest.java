package dev.topics.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.engine.Engine;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.simulation.TroubledDisk.Failure;
import dev.topics.engine.simulation.TroubledDisk.Step;
import dev.topics.storage.journal.JournalState;
import dev.topics.storage.pack.PackOptions;
import dev.topics.storage.sim.Crash;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// While an operation of the disk fails that work in the background needs, appends and reads go on;
/// the work is tried again at a moderate rate, and done when the trouble is over. Each test runs
/// all threads of an engine.
final class BackgroundFailuresTest {
  /// What fails is tried again after ten seconds.
  private static final long RETRY_NANOS = Duration.ofSeconds(10).toNanos();

  private final SimDisk sim = new SimDisk(1);
  private final SimDisk coldSim = new SimDisk(2);

  private String lastCheckpoint() {
    return sim.files().stream()
        .filter(name -> name.startsWith("checkpoints/") && name.endsWith(".checkpoint"))
        .reduce("", (_, last) -> last);
  }

  /// Makes trouble for a while, and waits for `done` afterwards.
  ///
  /// @param victims how many threads meet the trouble
  private static void trouble(
      LiveEngine live, TroubledDisk disk, int victims, String what, BooleanSupplier done) {
    disk.begin();
    long begun = live.nanos();
    int before = disk.failed();
    live.await(what + " fails", () -> disk.failed() >= before + 2 * victims);
    int attempts = disk.failed() - before;
    assertThat(attempts)
        .as("tried again, but not all the time")
        .isLessThanOrEqualTo(victims * (2 + (int) ((live.nanos() - begun) / RETRY_NANOS)));
    assertThat(live.damaged()).isZero();
    disk.end();
    live.await(what + " is done in the end", done);
    assertThat(live.damaged()).isZero();
    if (disk.failure() == Failure.DEFECT) {
      assertThat(live.engine().stats().failures()).as("defects").isGreaterThanOrEqualTo(victims);
    } else {
      live.assertNoDefects();
    }
    assertThat(live.engine().journalState()).isEqualTo(JournalState.RUNNING);
  }

  @ParameterizedTest
  @CsvSource({"CREATE, ENOSPC", "CREATE, DEFECT", "WRITE, ENOSPC", "RENAME, EIO"})
  void packs(Step step, Failure failure) throws IOException {
    TroubledDisk disk = new TroubledDisk(sim, step, "packs/", failure);
    try (LiveEngine live = new LiveEngine(disk, null)) {
      disk.begin();
      live.await("a checkpoint all the same", () -> !lastCheckpoint().isEmpty());
      trouble(live, disk, 1, "a pack", () -> live.engine().stats().packs().written() > 0);
      assertThat(live.timesTold(failure == Failure.DEFECT ? "packs failed" : "no pack could be"))
          .isPositive();
    }
  }

  @ParameterizedTest
  @CsvSource({"CREATE, ENOSPC", "CREATE, DEFECT", "WRITE, EIO", "SYNC, EIO"})
  void checkpoints(Step step, Failure failure) throws IOException {
    TroubledDisk disk = new TroubledDisk(sim, step, "checkpoints/", failure);
    try (LiveEngine live = new LiveEngine(disk, null)) {
      disk.begin();
      live.await("packs all the same", () -> live.engine().stats().packs().written() > 0);
      assertThat(lastCheckpoint()).isEmpty();
      trouble(live, disk, 1, "a checkpoint", () -> !lastCheckpoint().isEmpty());
    }
  }

  @ParameterizedTest
  @CsvSource({"WRITE, ENOSPC", "SYNC, EIO"})
  void theSuperblock(Step step, Failure failure) throws IOException {
    TroubledDisk disk = new TroubledDisk(sim, step, "superblock", failure);
    try (LiveEngine live = new LiveEngine(disk, null)) {
      String before = lastCheckpoint();
      trouble(
          live,
          disk,
          2,
          "the superblock",
          () ->
              live.engine().stats().packs().written() > 0
                  && lastCheckpoint().compareTo(before) > 0);
    }
  }

  @Test
  void mergesThatCannotOpenPacks() throws IOException {
    TroubledDisk disk = new TroubledDisk(sim, Step.OPEN, "packs/", Failure.EIO);
    PackOptions packs = PackOptions.defaults().withOpenFilesMax(1);
    try (LiveEngine live = new LiveEngine(disk, null, packs)) {
      live.await("packs", () -> live.engine().stats().packs().written() > 0);
      disk.begin();
      live.await("a look at packs fails", () -> live.isTold("cannot be read"));
      disk.end();
      live.advance(Duration.ofHours(2));
      long merged = live.engine().stats().packs().merged();
      live.await("a merge", () -> live.engine().stats().packs().merged() > merged);
      assertThat(live.damaged()).isZero();
      live.assertNoDefects();
    }
  }

  @ParameterizedTest
  @CsvSource({"CREATE, ENOSPC", "WRITE, ENOSPC", "READ, EIO"})
  void movesToTheColdDirectory(Step step, Failure failure) throws IOException {
    TroubledDisk cold = new TroubledDisk(coldSim, step, "packs/", failure);
    try (LiveEngine live = new LiveEngine(sim, cold)) {
      trouble(live, cold, 1, "a move", () -> live.engine().stats().packs().moved() > 0);
      assertThat(live.timesTold("moved to the cold directory")).isPositive();
    }
  }

  @Test
  void theScrubberTellsWhatItCannotReadAndGoesOn() throws IOException {
    TroubledDisk disk = new TroubledDisk(sim, Step.READ, "packs/", Failure.EIO);
    try (LiveEngine live = new LiveEngine(disk, null)) {
      live.await("packs", () -> live.engine().stats().packs().written() > 0);
      disk.begin();
      live.advance(Duration.ofDays(1));
      live.await("the scrubber tells", () -> live.isTold("is damaged, owner"));
      long rounds = live.engine().stats().scrub().rounds();
      disk.end();
      live.advance(Duration.ofDays(1));
      live.await("another round", () -> live.engine().stats().scrub().rounds() > rounds);
      assertThat(live.damaged()).isZero();
      live.assertNoDefects();
    }
  }

  @Test
  void packsThatCannotBeDeletedGoAfterTheNextStart() throws IOException {
    TroubledDisk disk = new TroubledDisk(sim, Step.DELETE, "packs/", Failure.EIO);
    try (LiveEngine live = new LiveEngine(disk, null)) {
      disk.begin();
      live.await("a pack stays", () -> live.isTold("could not be deleted; the next start"));
      disk.end();
      assertThat(live.damaged()).isZero();
      live.assertNoDefects();
    }
    long packs = sim.files().stream().filter(name -> name.startsWith("packs/")).count();
    SimDisk next = sim.crash(Crash.PROCESS);
    ManualClock clock = new ManualClock();
    try (Engine engine = Engine.open(next, SmallStore.options(clock))) {
      for (int i = 0; i < 10; i++) {
        clock.advance(10_000);
        while (engine.step() > 0) {}
      }
      assertThat(next.files().stream().filter(name -> name.startsWith("packs/")).count())
          .isLessThan(packs);
      assertThat(engine.topicCount()).isEqualTo(1);
    }
  }

  @Test
  void expiryGoesOnWherePacksCannotBeRead() throws IOException {
    TroubledDisk disk = new TroubledDisk(sim, Step.READ, "packs/", Failure.EIO);
    try (LiveEngine live = new LiveEngine(disk, null)) {
      live.await("packs", () -> live.engine().stats().packs().written() > 0);
      live.engine().putTopic(LiveEngine.TOPIC, builder -> builder.ttlMillis(3_600_000L)).join();
      disk.begin();
      live.advance(Duration.ofHours(2));
      live.awaitIdle("all expires", () -> live.engine().stats().recordsLive() == 0);
      live.assertNoDefects();
    }
  }

  /// Who waits is told at once, and reads go on.
  @ParameterizedTest
  @EnumSource(
      value = Failure.class,
      names = {"EIO", "DEFECT"})
  void aSyncOfTheJournalThatFailsIsFinal(Failure failure) throws IOException {
    TroubledDisk disk = new TroubledDisk(sim, Step.SYNC, "journal/", failure);
    LiveEngine live = new LiveEngine(disk, null);
    live.engine()
        .putTopic(LiveEngine.TOPIC, builder -> builder.durability(Durability.FSYNC))
        .join();
    live.append();
    disk.begin();
    assertThat(live.startAppend().orTimeout(60, TimeUnit.SECONDS).join())
        .isInstanceOf(Refusal.StorageFailed.class);
    assertThat(live.engine().journalState()).isEqualTo(JournalState.FAILED);
    disk.end();
    assertThat(live.startAppend().orTimeout(60, TimeUnit.SECONDS).join())
        .isInstanceOf(Refusal.StorageFailed.class);
    assertThat(live.damaged()).isZero();
    live.assertNoDefects();
    assertThatThrownBy(live::close).isInstanceOf(IOException.class);
  }
}
