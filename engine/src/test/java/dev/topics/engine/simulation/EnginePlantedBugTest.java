package dev.topics.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Engine;
import dev.topics.engine.EngineSeam;
import dev.topics.engine.model.RecordSelector;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.model.TopicState;
import dev.topics.engine.topic.TopicSeam;
import dev.topics.storage.PlantedBug;
import dev.topics.storage.Store;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.disk.WrappedDisk;
import dev.topics.storage.sim.SimDisk;
import dev.topics.storage.sim.WrappedFile;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The oracle is worth something only if bugs turn it red: each of these must, within some hundred
/// lives.
final class EnginePlantedBugTest {
  private static final int LIVES = 600;

  @ParameterizedTest
  @EnumSource(
      value = PlantedBug.class,
      names = {"ACK_BEFORE_SYNC", "SWALLOWED_SYNC_ERROR", "FORGOTTEN_DIRECTORY_SYNC"})
  void aDiskUsedWronglyIsNoticed(PlantedBug bug) {
    assertThat(isNoticed(bug::plantIn, engine -> {})).isTrue();
  }

  @Test
  void seqsThatAreUsedAgainAfterAPowerCutAreNoticed() {
    UnaryOperator<Disk> alwaysTheSameBoot =
        disk ->
            new WrappedDisk(disk) {
              @Override
              public String bootId() {
                return "00000000-0000-0000-0000-000000000001";
              }
            };
    assertThat(isNoticed(alwaysTheSameBoot, engine -> {})).isTrue();
  }

  @Test
  void packsThatAreInstalledBeforeTheyAreSyncedAreNoticed() {
    UnaryOperator<Disk> withoutSyncsOfPacks =
        disk ->
            new WrappedDisk(disk) {
              @Override
              public DiskFile create(String name) throws IOException {
                DiskFile file = super.create(name);
                return name.startsWith("packs/") ? new UnsyncedFile(file) : file;
              }
            };
    assertThat(isNoticed(withoutSyncsOfPacks, engine -> {})).isTrue();
  }

  @Test
  void packsWhoseNamesAreNotDurableAreNoticed() {
    UnaryOperator<Disk> withoutSyncsOfTheDirectory =
        disk ->
            new WrappedDisk(disk) {
              @Override
              public void syncDirectory(String name) throws IOException {
                if (!name.equals("packs")) {
                  super.syncDirectory(name);
                }
              }
            };
    assertThat(isNoticed(withoutSyncsOfTheDirectory, engine -> {})).isTrue();
  }

  private static final class UnsyncedFile extends WrappedFile {
    UnsyncedFile(DiskFile file) {
      super(file);
    }

    @Override
    public void sync() {}
  }

  @Test
  void aRecordThatRecoveryDropsIsNoticed() {
    assertThat(isNoticed(UnaryOperator.identity(), EnginePlantedBugTest::dropOldest)).isTrue();
  }

  private static void dropOldest(Engine engine) {
    TopicName topic = new TopicName("a");
    TopicState state = engine.state(topic, false);
    if (state != null && state.count() > 0) {
      var _ = engine.deleteRecords(topic, new RecordSelector(state.earliestSeq() + 1, null));
      while (engine.step() > 0) {
        assert engine.stats().topics() > 0;
      }
    }
  }

  @Test
  void aPackThatIsInstalledWithoutTheRunOfOneTopicIsNoticed() {
    assertThat(
            isNoticed(
                UnaryOperator.identity(),
                engine ->
                    TopicSeam.installWithoutRun(EngineSeam.topics(engine), new TopicName("a"))))
        .isTrue();
  }

  @Test
  void aCheckpointThatSkipsRecordsIsNoticed() {
    assertThat(
            isNoticed(
                UnaryOperator.identity(),
                engine -> TopicSeam.skipInMemory(EngineSeam.topics(engine), new TopicName("a"))))
        .isTrue();
  }

  @Test
  void journalFilesThatAreReleasedBeforePacksAndCheckpointsCoverThemAreNoticed() {
    assertThat(isNoticed(UnaryOperator.identity(), EnginePlantedBugTest::releaseEarly)).isTrue();
  }

  private static void releaseEarly(Engine engine) {
    Store store = EngineSeam.store(engine);
    try {
      store.releaseBelow(store.journal().endOfLog().sequence());
    } catch (IOException planned) {
      assert planned.getMessage() != null;
    }
  }

  @Test
  void checkpointsThatCountBeforeTheyAreSyncedAreNoticed() {
    UnaryOperator<Disk> withoutSyncsOfCheckpoints =
        disk ->
            new WrappedDisk(disk) {
              @Override
              public DiskFile create(String name) throws IOException {
                DiskFile file = super.create(name);
                return name.startsWith("checkpoints/") ? new UnsyncedFile(file) : file;
              }
            };
    assertThat(isNoticed(withoutSyncsOfCheckpoints, engine -> {})).isTrue();
  }

  /// Two generations are kept, and the journal back to the older one.
  @Test
  void theNewestCheckpointMayBeLost() throws IOException {
    for (long seed = 1; seed <= 200; seed++) {
      new EngineTrial(seed, EnginePlantedBugTest::loseNewestCheckpoint, engine -> {}).run(4);
    }
  }

  @Test
  void aJournalThatIsKeptForTheNewestCheckpointOnlyIsNoticed() {
    UnaryOperator<Disk> lostWithItsJournal =
        disk -> {
          SimDisk sim = (SimDisk) disk;
          List<String> journal = named(sim, "journal/0");
          if (named(sim, "checkpoints/0").size() > 1 && journal.size() > 2) {
            sim.lose(journal.getFirst());
          }
          return loseNewestCheckpoint(disk);
        };
    assertThat(isNoticed(lostWithItsJournal, engine -> {})).isTrue();
  }

  private static Disk loseNewestCheckpoint(Disk disk) {
    SimDisk sim = (SimDisk) disk;
    List<String> checkpoints = named(sim, "checkpoints/0");
    if (checkpoints.size() > 1) {
      sim.lose(checkpoints.getLast());
    }
    return disk;
  }

  private static List<String> named(SimDisk disk, String prefix) {
    return disk.files().stream().filter(name -> name.startsWith(prefix)).toList();
  }

  private static boolean isNoticed(UnaryOperator<Disk> wrapping, Consumer<Engine> sabotage) {
    for (long seed = 1; seed <= LIVES; seed++) {
      try {
        new EngineTrial(seed, wrapping, sabotage).run(4);
      } catch (Exception | AssertionError noticed) {
        return true;
      }
    }
    return false;
  }
}
