package dev.topics.storage.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.storage.sim.CountingDisk;
import dev.topics.storage.sim.Crash;
import dev.topics.storage.sim.Fault;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A new file is there, whole and durable, or leaves nothing behind.
final class NewFileTest {
  private static final String NAME = "files/1";
  private static final byte[] BYTES = new byte[9000];

  private final SimDisk disk = new SimDisk(1);

  private static void publish(Disk disk) throws IOException {
    disk.makeDirectory("files");
    disk.syncDirectory("");
    try (NewFile file = NewFile.create(disk, NAME)) {
      file.file().writeFully(MemorySegment.ofArray(BYTES), 0);
      file.publish();
    }
  }

  @Test
  void whatIsPublishedOutlivesACrash() throws IOException {
    publish(disk);
    SimDisk next = disk.crash(Crash.POWER);
    assertThat(next.files()).containsExactly(NAME);
    assertThat(next.bytes(NAME)).isEqualTo(BYTES);
  }

  @Test
  void whatIsNotPublishedGoesWhenItIsClosed() throws IOException {
    try (NewFile file = NewFile.create(disk, "owner")) {
      assertThat(disk.files()).containsExactly("owner" + NewFile.SUFFIX);
      file.file().writeFully(MemorySegment.ofArray(BYTES), 0);
    }
    assertThat(disk.files()).isEmpty();
  }

  @Test
  void whatIsDiscardedGoesAlsoWhenItWasPublished() throws IOException {
    NewFile file = NewFile.create(disk, "owner");
    file.publish();
    assertThat(disk.files()).containsExactly("owner");
    file.discard();
    file.close();
    assertThat(disk.files()).isEmpty();
  }

  @Test
  void whatACrashLeftIsWrittenAnewAndWhatHadTheNameIsReplaced() throws IOException {
    for (String before : new String[] {NAME, NAME + NewFile.SUFFIX}) {
      disk.makeDirectory("files");
      disk.create(before).close();
    }
    publish(disk);
    assertThat(disk.files()).containsExactly(NAME);
    assertThat(disk.bytes(NAME)).isEqualTo(BYTES);
  }

  @ParameterizedTest
  @EnumSource(Fault.Kind.class)
  void afterAFaultAtAnyOperationNothingIsLeft(Fault.Kind kind) throws IOException {
    SimDisk faultless = new SimDisk(1);
    publish(faultless);
    int failures = 0;
    int kept = 0;
    for (long at = 0; at < faultless.operations(); at++) {
      SimDisk faulty = new SimDisk(at).fail(new Fault(at, kind, false));
      CountingDisk counting = new CountingDisk(faulty);
      boolean told = false;
      try {
        publish(counting);
      } catch (DiskException e) {
        told = true;
        failures++;
      }
      assertThat(counting.open()).as("operation %d", at).isZero();
      assertThat(faulty.files()).as("operation %d", at).isSubsetOf(NAME);
      if (!faulty.files().isEmpty()) {
        kept++;
        assertThat(faulty.crash(Crash.POWER).bytes(NAME)).as("operation %d", at).isEqualTo(BYTES);
      } else {
        assertThat(told).as("operation %d", at).isTrue();
      }
    }
    assertThat(failures > 0).isEqualTo(kind != Fault.Kind.SHORT_WRITE);
    assertThat(kept).as("faults of the last close, or none").isPositive();
  }
}
