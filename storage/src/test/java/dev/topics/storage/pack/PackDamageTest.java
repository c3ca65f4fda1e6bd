package dev.topics.storage.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/// Bytes of a pack rot, are lost or turn up elsewhere: that is harmless, or named with the records
/// that it touches; what is read is never anything but what was written.
final class PackDamageTest {
  private static final String NAME = "packs/0000000001.pack";
  private static final int OWNERS = 2;
  private static final int RECORDS = 9;
  private static final PackOptions OPTIONS = PackOptions.defaults().withChunks(400, 4);

  private final SimDisk disk = new SimDisk(1);
  private final NavigableMap<Long, List<ModelRecord>> owners = owners(11);
  private final List<PackedRun> runs = write(disk, PackModel.STORE, 1, owners);

  private static NavigableMap<Long, List<ModelRecord>> owners(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    NavigableMap<Long, List<ModelRecord>> owners = new TreeMap<>();
    for (long owner = 3; owner < 3 + OWNERS; owner++) {
      List<ModelRecord> records;
      do {
        records = ModelRecord.random(random, RECORDS);
      } while (PackModel.joined(records).length > 1000 || records.getFirst().tag() == null);
      owners.put(owner, records);
    }
    return owners;
  }

  private static List<PackedRun> write(
      SimDisk disk, UUID store, long id, NavigableMap<Long, List<ModelRecord>> owners) {
    try (Packs packs = Packs.open(disk, store, OPTIONS)) {
      return PackModel.write(packs, id, owners);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void everyFlippedByteIsHarmlessOrNamedWithItsRange() throws IOException {
    SplittableRandom random = new SplittableRandom(7);
    long size = disk.size(NAME);
    int lost = 0;
    int touched = 0;
    for (long at = 0; at < size; at++) {
      int mask = 1 << random.nextInt(8);
      disk.flip(NAME, at, mask);
      Outcome outcome = readAll();
      assertThat(outcome.ownersTouched()).isLessThanOrEqualTo(1);
      assertNamed(outcome);
      lost += outcome.records();
      touched += outcome.records() > 0 ? 1 : 0;
      disk.flip(NAME, at, mask);
    }
    assertThat(readAll().records()).isZero();
    assertThat(touched).isGreaterThan((int) (size - 2 * Seal.BYTES) / 2);
    assertThat(lost / touched).as("records lost with a byte").isLessThan(RECORDS);
  }

  @Test
  void everyTruncationIsNamedAsAWhole() throws IOException {
    byte[] whole = disk.bytes(NAME);
    for (int size = 0; size < whole.length; size++) {
      PackModel.replace(disk, NAME, Arrays.copyOf(whole, size));
      assertThat(readAll().records()).isEqualTo(OWNERS * RECORDS);
      assertThat(verify(runs)).hasSize(OWNERS);
    }
    PackModel.replace(disk, NAME, Arrays.copyOf(whole, whole.length + 1));
    assertThat(readAll().records()).isEqualTo(OWNERS * RECORDS);
  }

  @Test
  void aLostPackIsNamedAsAWhole() throws IOException {
    disk.lose(NAME);
    assertThat(readAll().records()).isEqualTo(OWNERS * RECORDS);
    assertThat(verify(List.of())).hasSize(1);
    assertThat(verify(runs)).hasSize(OWNERS).allMatch(PackDamage::loss);
  }

  @Test
  void aPackInThePlaceOfAnotherIsNoticed() throws IOException {
    write(disk, PackModel.STORE, 2, owners(12));
    byte[] other = disk.bytes("packs/0000000002.pack");
    PackModel.replace(disk, NAME, other);
    assertThat(readAll().records()).isEqualTo(OWNERS * RECORDS);
    assertThat(verify(runs).getFirst().what())
        .endsWith(
            "the file is pack 2 of this store; renaming it to packs/0000000002.pack mends that");
  }

  @Test
  void aPackOfAnotherStoreIsNoticed() throws IOException {
    SimDisk elsewhere = new SimDisk(2);
    write(elsewhere, new UUID(9, 9), 1, owners);
    assertThat(elsewhere.size(NAME)).isEqualTo(disk.size(NAME));
    disk.overwrite(NAME, 0, elsewhere.bytes(NAME));
    assertThat(readAll().records()).isEqualTo(OWNERS * RECORDS);
  }

  @Test
  void aDirectoryOfAnotherPackIsNoticed() throws IOException {
    write(disk, PackModel.STORE, 2, owners);
    byte[] other = disk.bytes("packs/0000000002.pack");
    int directory = other.length - Seal.BYTES - OWNERS * RunEntry.BYTES;
    disk.overwrite(NAME, directory, Arrays.copyOfRange(other, directory, other.length - 512));
    assertThat(readAll().records()).isEqualTo(OWNERS * RECORDS);
    assertThat(verify(runs)).hasSize(OWNERS);
  }

  @Test
  void anUnknownFormatVersionIsRefused() throws IOException {
    byte[] seal = Arrays.copyOf(disk.bytes(NAME), Seal.BYTES);
    ByteBuffer bytes = ByteBuffer.wrap(seal).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(8, 9);
    CRC32C crc = new CRC32C();
    crc.update(seal, 0, 508);
    bytes.putInt(508, (int) crc.getValue());
    disk.overwrite(NAME, 0, seal);
    try (Packs packs = PackModel.open(disk, OPTIONS)) {
      assertThatThrownBy(() -> packs.check(1))
          .isInstanceOf(UnusablePackException.class)
          .hasMessage("the file has format version 9, this program reads 1");
    }
  }

  /// What could not be read.
  private record Outcome(List<PackDamagedException> damage, int records, int ownersTouched) {}

  /// Reads everything in every way; fails if anything is not as it was written.
  private Outcome readAll() throws IOException {
    List<PackDamagedException> damage = new ArrayList<>();
    int lost = 0;
    int touched = 0;
    try (Packs packs = PackModel.open(disk, OPTIONS);
        RunReader reader = packs.newReader()) {
      packs.admit(1);
      for (PackedRun run : runs) {
        int before = lost;
        List<ModelRecord> records = Objects.requireNonNull(owners.get(run.owner()));
        for (int i = 0; i < records.size(); i++) {
          try {
            assertThat(reader.open(run)).isTrue();
            read(reader, records.get(i), i);
          } catch (PackDamagedException e) {
            assertThat(e.owner()).isEqualTo(run.owner());
            assertThat(records.get(i).seq()).isBetween(e.firstSeq(), e.lastSeq());
            damage.add(e);
            lost++;
          }
        }
        touched += lost > before ? 1 : 0;
      }
    }
    return new Outcome(damage, lost, touched);
  }

  /// Plain comparisons: this runs a million times.
  private static void read(RunReader reader, ModelRecord record, int i) throws IOException {
    boolean same =
        reader.indexOf(record.seq()) == i
            && reader.seq(i) == record.seq()
            && reader.ts(i) == record.ts()
            && reader.payloadBytes(i) == record.payloadBytes()
            && reader.dataOffset(i) == record.dataOffset()
            && reader.metaOffset(i) == record.metaOffset()
            && reader.nodeLength(i) == record.nodeLength()
            && reader.hasTag(i) == (record.tag() != null);
    if (record.tag() != null) {
      MemorySegment tag = reader.tags(i).asSlice(reader.tagStart(i), reader.tagLength(i));
      same &= tag.mismatch(MemorySegment.ofArray(ModelRecord.utf8(record.tag()))) == -1;
    }
    same &= reader.read(i, i + 1).mismatch(MemorySegment.ofArray(record.body())) == -1;
    if (!same) {
      throw new AssertionError("record " + i + " is not what was written");
    }
  }

  /// The verifier must name every range that a reader could not read, and notice damage that costs
  /// nothing as well.
  private void assertNamed(Outcome outcome) {
    List<PackDamage> named = verify(runs);
    assertThat(named).isNotEmpty();
    for (PackDamagedException e : outcome.damage()) {
      assertThat(named)
          .anyMatch(damage ->
              damage.loss()
                  && damage.owner() == e.owner()
                  && damage.firstSeq() <= e.firstSeq()
                  && damage.lastSeq() >= e.lastSeq());
    }
    assertThat(named.stream().anyMatch(PackDamage::loss)).isEqualTo(outcome.records() > 0);
    assertThat(verify(List.of())).hasSameSizeAs(named);
  }

  private List<PackDamage> verify(List<PackedRun> known) {
    try (PackVerifier verifier = PackVerifier.open(disk, PackModel.STORE, 1, known)) {
      while (verifier.step(1000) > 0) {
        assertThat(verifier.damage().size()).isLessThan(10);
      }
      return verifier.damage();
    }
  }
}
