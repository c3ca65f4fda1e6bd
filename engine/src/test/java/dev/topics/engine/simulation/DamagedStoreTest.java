package dev.topics.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.engine.Verification;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.simulation.SmallStore.Content;
import dev.topics.storage.disk.RefusedException;
import dev.topics.storage.journal.DamagedException;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Whatever happens to one file of a store: it is harmless; or in a pack, and exactly what is told
/// to be corrupt is not served; or in the journal, and the store refuses to start and says where. A
/// verification names it all.
final class DamagedStoreTest {
  private static final int STEP = Integer.getInteger("topics.trials", 0) > 0 ? 1 : 307;

  private SimDisk whole;
  private Map<TopicName, Content> before;

  @BeforeEach
  void write() throws IOException {
    whole = SmallStore.crashed();
    before = SmallStore.read(whole.copy());
    assertThat(Verification.of(whole.copy()).isSound()).isTrue();
  }

  /// Returns how many records are not served, -1 if the store does not start.
  private int check(SimDisk damaged, String what) throws IOException {
    Verification verification = Verification.of(damaged.copy());
    Map<TopicName, Content> after;
    try {
      after = SmallStore.read(damaged.copy());
    } catch (DamagedException refused) {
      assertThat(what).contains("journal/");
      assertThat(refused.damage().file()).as(what).startsWith("journal/");
      assertThat(verification.store().isSound()).as(what).isFalse();
      return -1;
    }
    int lost = 0;
    for (TopicName topic : SmallStore.TOPICS) {
      Content found = after.get(topic);
      for (Map.Entry<Long, String> entry : before.get(topic).records().entrySet()) {
        boolean corrupt = found.isCorrupt(entry.getKey());
        assertThat(found.records().get(entry.getKey()))
            .as("%s: record %d of %s", what, entry.getKey(), topic)
            .isEqualTo(corrupt ? null : entry.getValue());
        lost += corrupt ? 1 : 0;
      }
      assertThat(found.lost()).as(what).isEqualTo(before.get(topic).lost());
      for (long[] range : found.corrupt()) {
        String told = "topic \"%s\", seqs ".formatted(topic);
        boolean inPack = verification.files().damage().stream().anyMatch(it -> it.contains(told));
        assertThat(inPack || !verification.store().isSound())
            .as("%s: %d to %d of %s are not served", what, range[0], range[1], topic)
            .isTrue();
      }
    }
    if (lost > 0) {
      assertThat(what).containsAnyOf("packs/", "journal/");
    }
    return lost;
  }

  private List<String> files() {
    return whole.files().stream().filter(name -> !name.equals("lock")).sorted().toList();
  }

  @Test
  void anyByteMayBeWrong() throws IOException {
    SplittableRandom random = new SplittableRandom(5);
    List<Integer> lost = new ArrayList<>();
    for (String name : files()) {
      for (long at = random.nextInt(STEP); at < whole.size(name); at += STEP) {
        SimDisk disk = whole.copy();
        disk.flip(name, at, 1 << random.nextInt(8));
        lost.add(check(disk, "byte %d of %s".formatted(at, name)));
      }
    }
    assertThat(lost).as("refused, harmless, corrupt").contains(-1, 0);
    assertThat(lost.stream().mapToInt(Integer::intValue).max().getAsInt()).isBetween(1, 60);
  }

  @Test
  void anyFileMayBeMissingOrCutOrAnother() throws IOException {
    List<String> names = files();
    for (String name : names) {
      SimDisk missing = whole.copy();
      missing.lose(name);
      check(missing, name + " is missing");
      for (long size : List.of(0L, 100L, whole.size(name) / 2, whole.size(name) - 1)) {
        SimDisk cut = whole.copy();
        cut.cut(name, Math.min(size, whole.size(name)));
        check(cut, "%s is cut to %d bytes".formatted(name, size));
      }
    }
    for (String directory : List.of("journal/", "packs/", "checkpoints/")) {
      List<String> alike = SmallStore.files(whole, directory);
      assertThat(alike).hasSizeGreaterThan(1);
      for (int i = 0; i < alike.size(); i++) {
        String other = alike.get((i + 1) % alike.size());
        String what = alike.get(i) + " is exchanged with " + other;
        if (directory.equals("checkpoints/")) {
          SimDisk disk = SmallStore.exchanged(whole, alike.get(i), other);
          assertThatThrownBy(() -> SmallStore.read(disk)).isInstanceOf(RefusedException.class);
        } else {
          check(SmallStore.exchanged(whole, alike.get(i), other), what);
        }
      }
    }
  }

  @Test
  void everyPackThatIsMissingCutOrAnotherIsNamedWithWhatItHeld() throws IOException {
    List<String> packs = SmallStore.files(whole, "packs/");
    for (int i = 0; i < packs.size(); i++) {
      String name = packs.get(i);
      SimDisk missing = whole.copy();
      missing.lose(name);
      SimDisk cut = whole.copy();
      cut.cut(name, 200);
      SimDisk other = SmallStore.exchanged(whole, name, packs.get((i + 1) % packs.size()));
      for (SimDisk damaged : List.of(missing, cut, other)) {
        assertThat(Verification.of(damaged.copy()).files().damage())
            .as(name)
            .anyMatch(told -> told.contains("pack %d, topic \"".formatted(number(name))));
        assertThat(check(damaged, name)).isPositive();
      }
    }
  }

  private static int number(String pack) {
    return Integer.parseInt(pack.substring("packs/".length(), "packs/".length() + 10));
  }

  @Test
  void withoutItsSuperblocksNothingStartsAndLeastOfAllEmpty() {
    SimDisk disk = whole.copy();
    disk.lose("superblock-a");
    disk.flip("superblock-b", 100, 1);
    assertThatThrownBy(() -> SmallStore.read(disk))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("a new store starts only in an empty directory");
  }
}
