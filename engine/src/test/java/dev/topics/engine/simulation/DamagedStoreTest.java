package dev.topics.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.engine.Verification;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.simulation.SmallStore.Content;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.disk.RefusedException;
import dev.topics.storage.journal.DamagedException;
import dev.topics.storage.pack.JoinedDisk;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Whatever happens to one file of a store: it is harmless; or in a pack, and exactly what is told
/// to be corrupt is not served; or in the journal, and the store refuses to start and says where. A
/// verification names it all.
final class DamagedStoreTest {
  /// One place of so many is tried, or each, see [Sweep#THOROUGH].
  private static final int STEP = 61;

  /// What one frame holds at most.
  private static final int APPEND_RECORDS = 2;

  private SimDisk whole;
  private Map<TopicName, Content> before;

  @BeforeEach
  void write() throws IOException {
    whole = SmallStore.crashed().withoutWriteBack();
    before = SmallStore.read(whole.copy());
    assertThat(Verification.of(whole.copy()).isSound()).isTrue();
  }

  /// Returns how many records are not served, -1 if the store does not start. The disk is used up.
  private int check(SimDisk disk, String what) throws IOException {
    Verification verification = Verification.of(disk);
    Map<TopicName, Content> after;
    try {
      after = SmallStore.read(disk);
    } catch (DamagedException refused) {
      assertThat(what).contains("journal/");
      assertThat(refused.damage().file()).as(what).startsWith("journal/");
      assertThat(verification.store().isSound()).as(what).isFalse();
      assertThatThrownBy(() -> SmallStore.read(disk)).as(what).hasMessage(refused.getMessage());
      return -1;
    }
    assertTheSame(after, SmallStore.read(disk), what);
    int lost = 0;
    for (TopicName topic : SmallStore.TOPICS) {
      Content found = after.get(topic);
      lost += assertServedUnlessCorrupt(before.get(topic), found, what + ", " + topic);
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

  /// A second start says what the first one did.
  private static void assertTheSame(
      Map<TopicName, Content> first, Map<TopicName, Content> second, String what) {
    for (TopicName topic : SmallStore.TOPICS) {
      assertThat(second.get(topic).text()).as(what).isEqualTo(first.get(topic).text());
    }
  }

  /// How many records nobody gets if a pack is missing.
  private Map<String, Integer> heldByPacks() throws IOException {
    Map<String, Integer> held = new HashMap<>();
    for (String name : SmallStore.files(whole, "packs/")) {
      SimDisk missing = whole.copy();
      missing.lose(name);
      held.put(name, check(missing, name + " is missing"));
      assertThat(held.get(name)).isPositive();
    }
    return held;
  }

  private List<String> files() {
    return whole.files().stream().filter(name -> !name.equals("lock")).sorted().toList();
  }

  @Test
  void anyByteMayBeWrong() throws IOException {
    Set<Integer> lost = ConcurrentHashMap.newKeySet();
    Map<String, Integer> held = heldByPacks();
    Sweep.places(
        whole,
        files(),
        STEP,
        (name, at) -> {
          int most = name.startsWith("journal/") ? APPEND_RECORDS : held.getOrDefault(name, 0);
          SimDisk disk = whole.copy();
          disk.flip(name, at, Sweep.bit(at));
          String what = "byte %d of %s".formatted(at, name);
          int count = check(disk, what);
          lost.add(count);
          assertThat(count).as(what).isLessThanOrEqualTo(most);
        });
    assertThat(lost).as("refused, harmless, corrupt").contains(-1, 0);
    assertThat(lost).anyMatch(count -> count > 0);
  }

  @Test
  void anyFileMayBeCutToAnyLength() throws IOException {
    Map<String, Integer> held = heldByPacks();
    Sweep.places(
        whole,
        files(),
        STEP,
        (name, size) -> {
          SimDisk disk = whole.copy();
          disk.cut(name, size);
          String what = "%s is cut to %d bytes".formatted(name, size);
          int count = check(disk, what);
          if (!name.startsWith("journal/")) {
            assertThat(count).as(what).isEqualTo(held.getOrDefault(name, 0));
          }
        });
  }

  @Test
  void anyFileMayBeMissingOrAnother() throws IOException {
    for (String name : files()) {
      SimDisk missing = whole.copy();
      missing.lose(name);
      check(missing, name + " is missing");
    }
    for (String directory : List.of("journal/", "packs/", "checkpoints/")) {
      List<String> alike = SmallStore.files(whole, directory);
      assertThat(alike).hasSizeGreaterThan(1);
      for (int i = 0; i < alike.size(); i++) {
        for (String other : alike.subList(0, i)) {
          String what = alike.get(i) + " is exchanged with " + other;
          SimDisk disk = SmallStore.exchanged(whole, alike.get(i), other);
          if (directory.equals("checkpoints/")) {
            assertThatThrownBy(() -> SmallStore.read(disk)).isInstanceOf(RefusedException.class);
          } else {
            check(disk, what);
          }
        }
      }
    }
    check(SmallStore.exchanged(whole, "superblock-a", "superblock-b"), "superblocks exchanged");
  }

  @Test
  void whatIsLeftOfAStoreIsNeverTakenForAnEmptyDirectory() throws IOException {
    for (String left : files()) {
      SimDisk disk = whole.copy();
      files().stream().filter(name -> !name.equals(left)).forEach(disk::lose);
      for (int start = 0; start < 2; start++) {
        assertThatThrownBy(() -> SmallStore.read(disk))
            .as(left)
            .isInstanceOfAny(RefusedException.class, DamagedException.class);
      }
    }
    for (String directory : List.of("journal/", "checkpoints/")) {
      SimDisk disk = whole.copy();
      SmallStore.files(whole, directory).forEach(disk::lose);
      assertThatThrownBy(() -> SmallStore.read(disk))
          .as(directory)
          .isInstanceOfAny(RefusedException.class, DamagedException.class);
    }
    SimDisk withoutPacks = whole.copy();
    SmallStore.files(whole, "packs/").forEach(withoutPacks::lose);
    int held = heldByPacks().values().stream().mapToInt(Integer::intValue).sum();
    assertThat(check(withoutPacks, "all of packs/ are missing")).isEqualTo(held);
  }

  @Test
  void whatHappensToTheMarksOfAColdDirectoryCostsNothing() throws IOException {
    SimDisk cold = new SimDisk(2).withoutWriteBack();
    SimDisk hot = SmallStore.crashed(cold).withoutWriteBack();
    Map<TopicName, Content> all = SmallStore.read(hot.copy(), cold.copy());
    for (long at = 0; at < cold.size("owner"); at++) {
      SimDisk flipped = cold.copy();
      flipped.flip("owner", at, 1);
      assertThat(checkCold(hot, flipped, all, "owner")).isZero();
      SimDisk flippedHere = hot.copy();
      flippedHere.flip("cold-owner", at, 1);
      assertThat(checkCold(flippedHere, cold, all, "cold-owner")).isZero();
    }
    for (long size : List.of(0L, 1L, cold.size("owner") / 2, cold.size("owner") - 1)) {
      SimDisk cut = cold.copy();
      cut.cut("owner", size);
      assertThat(checkCold(hot, cut, all, "owner is cut")).isZero();
      SimDisk cutHere = hot.copy();
      cutHere.cut("cold-owner", size);
      assertThat(checkCold(cutHere, cold, all, "cold-owner is cut")).isZero();
    }
    SimDisk missing = cold.copy();
    missing.lose("owner");
    assertThat(checkCold(hot, missing, all, "owner is missing")).isZero();
    SimDisk missingHere = hot.copy();
    missingHere.lose("cold-owner");
    assertThat(checkCold(missingHere, cold, all, "cold-owner is missing")).isZero();
  }

  @Test
  void damageInTheColdDirectoryCostsOnlyWhatIsTold() throws IOException {
    SimDisk cold = new SimDisk(2).withoutWriteBack();
    SimDisk hot = whole.copy();
    List<String> packs = SmallStore.files(hot, "packs/");
    assertThat(packs).hasSizeGreaterThan(2);
    cold.makeDirectory("packs");
    for (String name : packs) {
      try (DiskFile file = cold.create(name)) {
        file.writeFully(MemorySegment.ofArray(hot.bytes(name)), 0);
      }
      hot.lose(name);
    }
    Map<TopicName, Content> all = before;
    assertThat(checkCold(hot, cold, all, "nothing is damaged")).isZero();
    Map<String, Integer> held = new HashMap<>();
    for (int i = 0; i < packs.size(); i++) {
      String name = packs.get(i);
      SimDisk missing = cold.copy();
      missing.lose(name);
      held.put(name, checkCold(hot, missing, all, name + " is missing"));
      assertThat(held.get(name)).isPositive();
      SimDisk other = SmallStore.exchanged(cold, name, packs.get((i + 1) % packs.size()));
      assertThat(checkCold(hot, other, all, name + " is another")).isGreaterThan(held.get(name));
    }
    Set<Integer> lost = ConcurrentHashMap.newKeySet();
    Sweep.places(
        cold,
        packs,
        STEP,
        (name, at) -> {
          SimDisk flipped = cold.copy();
          flipped.flip(name, at, Sweep.bit(at));
          int count = checkCold(hot, flipped, all, "byte %d of cold %s".formatted(at, name));
          lost.add(count);
          assertThat(count).isLessThanOrEqualTo(held.get(name));
          SimDisk cut = cold.copy();
          cut.cut(name, at);
          String what = "cold %s is cut to %d".formatted(name, at);
          assertThat(checkCold(hot, cut, all, what)).as(what).isEqualTo(held.get(name));
        });
    assertThat(lost).as("harmless, corrupt").contains(0).anyMatch(count -> count > 0);
  }

  /// Returns how many records are not served, each of them told by a verification; the others must
  /// be what they were, at two starts.
  private static int checkCold(
      SimDisk hot, SimDisk cold, Map<TopicName, Content> before, String what) throws IOException {
    Verification verification = Verification.of(JoinedDisk.of(hot.copy(), cold.copy()));
    SimDisk disk = hot.copy();
    SimDisk other = cold.copy();
    Map<TopicName, Content> after = SmallStore.read(disk, other);
    assertTheSame(after, SmallStore.read(disk, other), what);
    int lost = 0;
    for (TopicName topic : SmallStore.TOPICS) {
      int ofTopic = assertServedUnlessCorrupt(before.get(topic), after.get(topic), what);
      String told = "topic \"%s\", seqs ".formatted(topic);
      assertThat(
              ofTopic == 0
                  || verification.files().damage().stream().anyMatch(it -> it.contains(told)))
          .as("%s: what %s lost is told", what, topic)
          .isTrue();
      lost += ofTopic;
    }
    return lost;
  }

  private static int assertServedUnlessCorrupt(Content before, Content found, String what) {
    int lost = 0;
    for (Map.Entry<Long, String> entry : before.records().entrySet()) {
      boolean corrupt = found.isCorrupt(entry.getKey());
      assertThat(found.records().get(entry.getKey()))
          .as("%s: record %d", what, entry.getKey())
          .isEqualTo(corrupt ? null : entry.getValue());
      lost += corrupt ? 1 : 0;
    }
    assertThat(found.records()).as(what).hasSize(before.records().size() - lost);
    assertThat(found.lost()).as(what).isEqualTo(before.lost());
    return lost;
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

  static int number(String pack) {
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
