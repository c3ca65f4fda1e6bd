package dev.topics.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.engine.Dump;
import dev.topics.engine.Repair;
import dev.topics.engine.Verification;
import dev.topics.engine.model.LossReason;
import dev.topics.engine.model.LostRange;
import dev.topics.engine.model.Tombstone;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.simulation.SmallStore.Content;
import dev.topics.storage.Backup;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskFailedException;
import dev.topics.storage.disk.RefusedException;
import dev.topics.storage.disk.WrappedDisk;
import dev.topics.storage.sim.Crash;
import dev.topics.storage.sim.Fault;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Damage of every kind, repaired: what is not told to be lost is there, and the data is sound.
final class RepairTest {
  private static final List<TopicName> TOPICS = SmallStore.TOPICS;

  /// One place of so many is tried, or each, see [Sweep#THOROUGH].
  private static final int STEP = 127;

  private static final int STRIDE = Sweep.THOROUGH ? 1 : 29;

  /// What one frame holds at most.
  private static final long APPEND_RECORDS = 2;

  private SimDisk whole;
  private Map<TopicName, Content> before;

  @BeforeEach
  void write() throws IOException {
    whole = SmallStore.closed(SmallStore.Size.SWEEP).withoutWriteBack();
    before = SmallStore.dump(whole);
  }

  /// Repairs the disk and checks what came of it; returns how many records are lost.
  private long repair(SimDisk disk, String what) throws IOException {
    Repair repair;
    try {
      boolean sound = Verification.of(disk.copy()).isSound();
      repair = Repair.of(disk);
      assertThat(repair.needed()).as("%s: %s", what, repair).isEqualTo(!sound);
    } catch (IOException | RuntimeException e) {
      throw new AssertionError(what, e);
    }
    return check(disk, repair, what);
  }

  private long check(SimDisk disk, Repair repair, String what) throws IOException {
    Map<TopicName, Content> after = SmallStore.dump(disk);
    long lost = 0;
    for (TopicName topic : TOPICS) {
      Content content = after.get(topic);
      for (Map.Entry<Long, String> entry : before.get(topic).records().entrySet()) {
        long seq = entry.getKey();
        boolean given = isIn(repair.lost(), topic, seq);
        assertThat(content.records().get(seq))
            .as("%s: record %d of %s", what, seq, topic)
            .isEqualTo(given ? null : entry.getValue());
        boolean tombstoned =
            content.lost().stream().anyMatch(gap -> gap.gapFrom() <= seq && seq <= gap.gapTo());
        assertThat(tombstoned).as("%s: tombstone of %d of %s", what, seq, topic).isEqualTo(given);
        lost += given ? 1 : 0;
      }
      assertThat(content.lost())
          .as(what)
          .allMatch(gap -> gap.reason() == LossReason.CORRUPT || gap.reason() == LossReason.MIXED);
    }
    assertSound(disk, what);
    assertServed(disk, after, what);
    return lost;
  }

  /// Readers of the store get what a dump shows, at each start, and deletes by tag find just that.
  private void assertServed(SimDisk disk, Map<TopicName, Content> dumped, String what)
      throws IOException {
    SimDisk copy = disk.copy();
    for (int start = 0; start < 2; start++) {
      Map<TopicName, Content> read = SmallStore.read(copy);
      for (TopicName topic : TOPICS) {
        assertThat(read.get(topic).corrupt()).as(what).isEmpty();
        assertThat(read.get(topic).text()).as(what).isEqualTo(dumped.get(topic).text());
      }
    }
    SmallStore.deleteAll(copy, before, dumped, what);
  }

  private static boolean isIn(List<LostRange> ranges, TopicName topic, long seq) {
    return ranges.stream()
        .anyMatch(range ->
            SmallStore.original(new TopicName(range.topic())).equals(topic)
                && range.first() <= seq
                && seq <= range.last());
  }

  private static void assertSound(SimDisk disk, String what) throws IOException {
    Verification verification = Verification.of(disk);
    assertThat(verification.store().damage()).as(what).isEmpty();
    assertThat(verification.files().damage()).as(what).isEmpty();
    assertThat(verification.findings()).as(what).isEmpty();
    assertThat(Repair.of(disk.copy()).damage()).as("%s: nothing is left", what).isEmpty();
  }

  private List<String> files(String prefix) {
    return SmallStore.files(whole, prefix);
  }

  @Test
  void whatIsSoundIsLeftAlone() throws IOException {
    assertThat(files("packs/")).hasSizeGreaterThan(2);
    assertThat(files("checkpoints/")).hasSize(2);
    assertThat(files("journal/")).noneMatch(name -> name.endsWith("/0000000001.journal"));
    assertThat(Repair.of(whole.copy()).needed()).isFalse();
    assertThat(before.get(TOPICS.getFirst()).records()).hasSizeGreaterThan(20);
  }

  @Test
  void anyByteOfTheJournalMayBeWrong() {
    Sweep.places(
        whole,
        files("journal/"),
        STEP,
        (name, at) -> assertThat(repairFlipped(name, at)).isLessThanOrEqualTo(APPEND_RECORDS));
  }

  @Test
  void anyByteOfAPackMayBeWrong() {
    AtomicLong mostLost = new AtomicLong();
    Sweep.places(
        whole,
        files("packs/"),
        STEP,
        (name, at) -> mostLost.accumulateAndGet(repairFlipped(name, at), Math::max));
    assertThat(mostLost.get()).as("a run").isBetween(1L, 60L);
  }

  @Test
  void anyByteOfTheMetadataMayBeWrong() {
    Sweep.places(
        whole, metadata(), STEP, (name, at) -> assertThat(repairFlipped(name, at)).isZero());
  }

  private long repairFlipped(String name, long at) throws IOException {
    SimDisk disk = changed(damaged -> damaged.flip(name, at, Sweep.bit(at)));
    return repair(disk, "byte %d of %s".formatted(at, name));
  }

  @Test
  void anyFileMayBeCutToAnyLength() {
    List<String> metadata = metadata();
    List<String> names = new ArrayList<>(metadata);
    names.addAll(files("journal/"));
    names.addAll(files("packs/"));
    Sweep.places(
        whole,
        names,
        STEP,
        (name, left) -> {
          String what = "%s is cut to %d".formatted(name, left);
          long lost = repair(changed(disk -> disk.cut(name, left)), what);
          assertThat(lost == 0 || !metadata.contains(name)).as(what).isTrue();
        });
  }

  @Test
  void anyFileMayBeMissingOrAnother() throws IOException {
    for (String directory : List.of("journal/", "packs/")) {
      List<String> names = files(directory);
      for (String name : names) {
        repair(changed(disk -> disk.lose(name)), name + " is missing");
        for (String other : names.subList(0, names.indexOf(name))) {
          repair(SmallStore.exchanged(whole, name, other), name + " and " + other);
        }
      }
    }
    for (String name : metadata()) {
      assertThat(repair(changed(disk -> disk.lose(name)), name + " is missing")).isZero();
    }
  }

  private List<String> metadata() {
    List<String> names = new ArrayList<>(files("checkpoints/"));
    names.addAll(files("superblock"));
    return names;
  }

  private SimDisk changed(Consumer<SimDisk> change) {
    SimDisk disk = whole.copy();
    change.accept(disk);
    return disk;
  }

  @Test
  void withoutACheckpointNothingIsGuessed() {
    SimDisk disk =
        changed(damaged -> {
          for (String name : files("checkpoints/")) {
            damaged.flip(name, damaged.size(name) / 2, 1);
          }
        });
    Map<String, byte[]> bytes = bytes(disk);
    assertThatThrownBy(() -> Repair.of(disk))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("no checkpoint can be read");
    assertThat(bytes(disk)).containsExactlyInAnyOrderEntriesOf(bytes);
  }

  @Test
  void whatTheDiskFailsToReadIsNotTakenForDamage() throws IOException {
    SimDisk disk = changed(damaged -> damaged.lose(files("packs/").getFirst()));
    long lost = repair(disk.copy(), "no failure");
    long operations = operations(disk.copy());
    for (long at = 0; at < operations; at += STRIDE) {
      SimDisk failing = disk.copy();
      failing.fail(new Fault(at, Fault.Kind.EIO, false));
      Repair repair;
      try {
        repair = Repair.of(failing);
      } catch (IOException e) {
        continue;
      }
      failing.noFaults();
      String what = "a failure at operation " + at;
      assertThat(check(failing, repair, what)).as(what).isEqualTo(lost);
    }
  }

  /// Fails two reads of mapped files: the second one is for less than the first.
  private static final class UnreadableDisk extends WrappedDisk {
    private int left;

    UnreadableDisk(Disk disk, int left) {
      super(disk);
      this.left = left;
    }

    boolean hasFailed() {
      return left < 0;
    }

    @Override
    public void load(MemorySegment mapping, long offset, long endOffset) throws IOException {
      left--;
      if (left == -1 || left == -2) {
        throw new DiskFailedException("planned");
      }
      super.load(mapping, offset, endOffset);
    }
  }

  @Test
  void whatTheDiskFailsToReadOfTheJournalIsNotTakenForDamage() throws IOException {
    int failures = 0;
    UnreadableDisk disk;
    int reads = 0;
    do {
      disk = new UnreadableDisk(whole.copy(), reads++);
      try {
        assertThat(Repair.of(disk).damage()).as("read %d", reads).isEmpty();
      } catch (IOException e) {
        assertThat(e).as("read %d", reads).hasStackTraceContaining("planned");
        failures++;
      }
    } while (disk.hasFailed());
    assertThat(failures).isPositive();
  }

  @Test
  void severalThingsMayBeDamagedAtOnce() throws IOException {
    SplittableRandom random = new SplittableRandom(3);
    for (int trial = 0; trial < (Sweep.THOROUGH ? 1000 : 25); trial++) {
      SimDisk disk = whole.copy();
      List<String> names = new ArrayList<>(files("journal/"));
      names.addAll(files("packs/"));
      for (int i = 0; i < 4; i++) {
        String name = names.get(random.nextInt(names.size()));
        disk.flip(name, random.nextLong(disk.size(name)), 1 << random.nextInt(8));
      }
      repair(disk, "trial " + trial);
    }
  }

  /// The files of the journal that hold records which are in no pack, with the place of one.
  private Map<String, Long> recordsInJournal() throws IOException {
    Map<String, Long> places = new HashMap<>();
    for (String name : files("journal/")) {
      long at = new String(whole.bytes(name), StandardCharsets.ISO_8859_1).indexOf("{\"$seq\":");
      if (at >= 0 && repair(changed(disk -> disk.flip(name, at, 1)), name) > 0) {
        places.put(name, at);
      }
    }
    assertThat(places).isNotEmpty();
    return places;
  }

  @Test
  void journalFilesAndPacksThatAreDamagedAtOnceAreGivenUpTogetherAndKept() throws IOException {
    Map<String, Long> journal = recordsInJournal();
    List<String> packs = files("packs/");
    Consumer<SimDisk> inJournal = disk -> journal.forEach((name, at) -> disk.flip(name, at, 1));
    Consumer<SimDisk> inPacks =
        disk -> {
          disk.cut(packs.getFirst(), disk.size(packs.getFirst()) / 2);
          disk.cut(packs.getLast(), 200);
        };
    long ofJournal = repair(changed(inJournal), "damaged journal files");
    long ofPacks = repair(changed(inPacks), "damaged packs");
    assertThat(ofJournal).isGreaterThanOrEqualTo(journal.size());
    assertThat(ofPacks).isPositive();

    SimDisk disk = changed(inJournal.andThen(inPacks));
    List<String> damaged = new ArrayList<>(journal.keySet());
    damaged.addAll(List.of(packs.getFirst(), packs.getLast()));
    Map<String, byte[]> bytes = bytes(disk);
    Repair repair = Repair.of(disk);
    assertThat(check(disk, repair, "both")).isEqualTo(ofJournal + ofPacks);
    assertThat(repair.damage())
        .anyMatch(what -> what.contains("journal/"))
        .anyMatch(what -> what.startsWith("pack " + DamagedStoreTest.number(packs.getFirst())))
        .anyMatch(what -> what.startsWith("pack " + DamagedStoreTest.number(packs.getLast())));
    assertThat(disk.files()).doesNotContain(packs.getFirst(), packs.getLast());
    for (String name : damaged) {
      String kept = "quarantine/" + name.substring(name.indexOf('/') + 1) + ".repair-1";
      assertThat(disk.bytes(kept)).as(name).isEqualTo(bytes.get(name));
    }
  }

  /// What a repair must be able to begin again from anywhere.
  private List<SimDisk> damagedInManyWays() {
    List<String> journal = files("journal/");
    List<String> packs = files("packs/");
    return List.of(
        changed(disk -> disk.flip(journal.getLast(), 4096 + 70, 1)),
        changed(disk -> {
          disk.lose(journal.get(1));
          disk.flip(journal.getLast(), 20, 1);
        }),
        changed(disk -> disk.cut(journal.getFirst(), 5000)),
        changed(disk -> disk.overwrite(journal.getFirst(), 0, whole.bytes(journal.getLast()))),
        changed(disk -> {
          disk.flip(packs.getFirst(), 300, 1);
          disk.lose(packs.getLast());
        }),
        changed(disk -> {
          disk.flip("superblock-a", 40, 1);
          disk.flip(files("checkpoints/").getLast(), 100, 1);
        }));
  }

  @ParameterizedTest
  @EnumSource(Crash.class)
  void aRepairThatIsCutShortAnywhereCanBeRepeated(Crash crash) throws IOException {
    for (SimDisk damaged : damagedInManyWays()) {
      SimDisk repaired = damaged.copy();
      Repair repair = Repair.of(repaired);
      long lost = check(repaired, repair, "not cut short");
      long operations = operations(damaged.copy());
      assertThat(operations).isGreaterThan(100);
      for (long at = 0; at < operations; at += STRIDE) {
        SimDisk disk = damaged.copy();
        disk.fail(new Fault(at, Fault.Kind.EIO, true));
        try {
          Repair.of(disk);
        } catch (IOException e) {
          assertThat(e).hasMessageNotContaining("damaged");
        }
        SimDisk next = disk.crash(crash);
        next.noFaults();
        String what = "cut short at operation " + at;
        assertThat(repair(next, what)).as(what).isEqualTo(lost);
        assertThat(SmallStore.files(next, "quarantine/"))
            .as(what)
            .noneMatch(RepairTest::isUnfinished);
      }
    }
  }

  @Test
  void eachRepairKeepsWhatItFoundAndNothingElseLooksThere() throws IOException {
    String name = "superblock-a";
    String kept = "quarantine/" + name + ".repair-";
    SimDisk disk = changed(damaged -> damaged.flip(name, 40, 1));
    byte[] first = disk.bytes(name);
    Repair.of(disk);
    disk.flip(name, 40, 1);
    byte[] second = disk.bytes(name);
    repair(disk, "damaged again at the same place");
    assertThat(SmallStore.files(disk, "quarantine/")).containsExactly(kept + 1, kept + 2);
    SmallStore.read(disk);
    assertThat(disk.bytes(kept + 1)).isEqualTo(first);
    assertThat(disk.bytes(kept + 2)).isEqualTo(second);
    SimDisk copy = new SimDisk(9);
    Backup.copy(disk, copy, Verification::frames);
    assertThat(copy.files()).noneMatch(file -> file.startsWith("quarantine"));
    SmallStore.files(disk, "").stream()
        .filter(file -> !file.startsWith("quarantine/"))
        .forEach(disk::lose);
    assertThatThrownBy(() -> SmallStore.read(disk)).isInstanceOf(RefusedException.class);
  }

  private static long operations(SimDisk disk) throws IOException {
    long before = disk.operations();
    Repair.of(disk);
    return disk.operations() - before;
  }

  @Test
  void aTrialOfARepairChangesNothing() throws IOException {
    SimDisk disk = changed(damaged -> damaged.flip(files("journal/").getLast(), 4096 + 70, 1));
    disk.lose(files("packs/").getFirst());
    Map<String, byte[]> bytes = bytes(disk);
    Dump.of(disk, List.of(), new Silent());
    assertThat(bytes(disk)).containsExactlyInAnyOrderEntriesOf(bytes);
  }

  private static Map<String, byte[]> bytes(SimDisk disk) {
    Map<String, byte[]> bytes = new HashMap<>();
    disk.files().forEach(name -> bytes.put(name, disk.bytes(name)));
    return bytes;
  }

  private static final class Silent implements Dump.Receiver {
    @Override
    public void record(TopicName topic, String json) {}

    @Override
    public void lost(TopicName topic, Tombstone tombstone) {}

    @Override
    public void damage(String what) {}

    @Override
    public void note(String what) {}
  }

  private static boolean isUnfinished(String file) {
    return file.endsWith(".new");
  }
}
