package dev.topics.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Verification;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.simulation.SmallStore.Content;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A whole store that an earlier version wrote, with packs and checkpoints, is opened by this one.
/// There is one for each format version of the state in a checkpoint.
final class StoreFixtureTest {
  @ParameterizedTest
  @ValueSource(strings = {"store-1.zip", "store-2.zip"})
  void aStoreIsOpenedWithAllThatWasInIt(String name) throws IOException {
    SimDisk disk = unpack(name);
    assertThat(SmallStore.files(disk, "packs/")).hasSizeGreaterThan(1);
    assertThat(SmallStore.files(disk, "checkpoints/")).hasSize(2);
    Verification verification = Verification.of(disk.copy());
    assertThat(verification.store().isSound()).isTrue();
    assertThat(verification.files().damage()).isEmpty();
    assertThat(verification.findings()).isEmpty();
    Map<TopicName, Content> found = SmallStore.read(disk);
    Map<TopicName, Content> expected = SmallStore.read(SmallStore.closed(SmallStore.Size.FIXTURE));
    for (TopicName topic : SmallStore.TOPICS) {
      assertThat(untimed(found.get(topic))).isEqualTo(untimed(expected.get(topic)));
      assertThat(found.get(topic).lost()).isEmpty();
      assertThat(found.get(topic).corrupt()).isEmpty();
    }
  }

  /// Its records without their times, which depend on what waited for a sync, and so on the
  /// version.
  private static Map<Long, String> untimed(Content content) {
    Map<Long, String> records = new TreeMap<>(content.records());
    records.replaceAll((_, record) -> record.replaceFirst("\"\\$ts\":\\d{13}", "\"\\$ts\":"));
    return records;
  }

  private static SimDisk unpack(String name) throws IOException {
    SimDisk disk = new SimDisk(1);
    InputStream in = StoreFixtureTest.class.getResourceAsStream(name);
    try (ZipInputStream zip = new ZipInputStream(Objects.requireNonNull(in, name))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        int slash = entry.getName().indexOf('/');
        if (slash > 0) {
          disk.makeDirectory(entry.getName().substring(0, slash));
        }
        try (DiskFile file = disk.create(entry.getName())) {
          file.writeFully(MemorySegment.ofArray(zip.readAllBytes()), 0);
        }
      }
    }
    return disk;
  }
}
