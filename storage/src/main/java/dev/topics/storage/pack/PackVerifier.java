package dev.topics.storage.pack;

import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Reads all of a pack, a step at a time, and names all that is not as it was written: checksums,
/// order, and whether index, dictionaries and bodies agree. Uses no cache.
///
/// **Threading** One thread at a time.
public final class PackVerifier implements AutoCloseable {
  private final long pack;
  private final List<PackedRun> known;
  private final List<PackDamage> damage = new ArrayList<>();
  private final @Nullable Seal seal;
  private final NativeBuffer scratch = new NativeBuffer();
  private @Nullable PackFile file;
  private boolean begun;
  private int runIndex;
  private @Nullable RunCheck run;
  private long expectedAt = Seal.BYTES;
  private long ownerBefore = Long.MIN_VALUE;
  private long recordsChecked;
  private @Nullable DiskException unread;

  PackVerifier(@Nullable PackFile file, long pack, List<PackedRun> known) {
    this.file = file;
    this.pack = pack;
    seal = file == null ? null : file.seal();
    this.known = List.copyOf(known);
  }

  /// Verifies a pack of a store that nobody has open. `known` are its runs, if the caller knows
  /// them: so damage of the directory can be named too.
  public static PackVerifier open(Disk disk, UUID storeId, long pack, List<PackedRun> known) {
    try {
      return new PackVerifier(PackFile.open(disk, storeId, pack), pack, known);
    } catch (UnusablePackException e) {
      return unusable(pack, known, e);
    }
  }

  /// Ids of the packs of a store, ascending.
  public static List<Long> packs(Disk disk) throws IOException {
    List<Long> packs = new ArrayList<>();
    for (String name : disk.list(PackNames.DIRECTORY)) {
      long id = PackNames.id(name);
      if (id > 0) {
        packs.add(id);
      }
    }
    return packs;
  }

  static PackVerifier unusable(long pack, List<PackedRun> known, UnusablePackException e) {
    PackVerifier verifier = new PackVerifier(null, pack, known);
    String what = verifier.reason(e);
    for (PackedRun run : known) {
      verifier.lost(run.owner(), run.firstSeq(), run.lastSeq(), what);
    }
    if (known.isEmpty()) {
      verifier.lost(0, 0, 0, what);
    }
    return verifier;
  }

  /// Reads about `maxBytes`; answers how many bytes it read, 0 when all is done.
  public long step(long maxBytes) {
    long done = 0;
    while (done < maxBytes) {
      long bytes = next();
      if (bytes == 0) {
        break;
      }
      done += bytes;
    }
    return done;
  }

  /// What was found so far, in the order of the file.
  public List<PackDamage> damage() {
    return List.copyOf(damage);
  }

  /// The first failure of the disk that kept something from being read which may be sound; null if
  /// all could be read.
  public @Nullable DiskException unread() {
    return unread;
  }

  /// Why something is lost, which it takes note of if the disk failed.
  String reason(Exception e) {
    if (unread == null) {
      unread = DiskException.causeOf(e);
    }
    return RunReader.reason(e);
  }

  /// Runs of the pack; 0 if nothing of it can be read.
  public long runs() {
    return seal == null ? 0 : seal.runs();
  }

  /// Records of the pack; 0 if nothing of it can be read.
  public long records() {
    return seal == null ? 0 : seal.records();
  }

  private long next() {
    PackFile from = file;
    if (from == null) {
      return 0;
    }
    if (!begun) {
      begun = true;
      checkSeals(from);
      return 2L * Seal.BYTES;
    }
    RunCheck current = run;
    if (current != null) {
      if (current.hasNext()) {
        return current.next();
      }
      expectedAt = current.end();
      recordsChecked += current.records();
      run = null;
    }
    if (runIndex < from.seal().runs()) {
      return openRun(from, runIndex++);
    }
    finish(from);
    return 0;
  }

  private void checkSeals(PackFile from) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment expected = arena.allocate(Seal.BYTES);
      from.seal().write(expected, 0);
      MemorySegment bytes = arena.allocate(Seal.BYTES);
      for (long at : new long[] {0, from.seal().fileBytes() - Seal.BYTES}) {
        try {
          from.read(bytes, at);
          if (bytes.mismatch(expected) != -1) {
            odd("the seal at %d is damaged; the other one is whole".formatted(at));
          }
        } catch (IOException e) {
          odd("the seal at %d cannot be read: %s".formatted(at, RunReader.reason(e)));
        }
      }
    }
  }

  private long openRun(PackFile from, int index) {
    RunEntry entry;
    try {
      entry = from.entry(index, true);
    } catch (IOException | IllegalArgumentException e) {
      loseRun(index, reason(e));
      return RunEntry.BYTES;
    }
    PackedRun of = entry.run();
    PackedRun wanted = known(index);
    if (of.owner() <= ownerBefore || (wanted != null && !wanted.equals(of))) {
      lost(of.owner(), of.firstSeq(), of.lastSeq(), "the directory is not that of this pack");
    }
    ownerBefore = of.owner();
    try {
      Section section =
          from.section(scratch, entry.tableAt(), entry.tableBytes(), entry.tableCrc(), true);
      run = new RunCheck(this, from, entry, ChunkTable.of(section.bytes(), entry), expectedAt);
    } catch (IOException | IllegalArgumentException e) {
      lost(of.owner(), of.firstSeq(), of.lastSeq(), reason(e));
      expectedAt = RunCheck.UNKNOWN;
    }
    return RunEntry.BYTES + Math.max(0, entry.tableBytes());
  }

  private void loseRun(int index, String what) {
    expectedAt = RunCheck.UNKNOWN;
    PackedRun lost = known(index);
    if (lost == null) {
      lost(0, 0, 0, "run %d: %s".formatted(index, what));
    } else {
      lost(lost.owner(), lost.firstSeq(), lost.lastSeq(), what);
    }
  }

  private @Nullable PackedRun known(int index) {
    for (PackedRun run : known) {
      if (run.index() == index) {
        return run;
      }
    }
    return null;
  }

  private void finish(PackFile from) {
    Seal of = from.seal();
    if (expectedAt != RunCheck.UNKNOWN && expectedAt != of.directoryAt()) {
      odd("bytes %d to %d belong to nothing".formatted(expectedAt, of.directoryAt()));
    }
    if (damage.isEmpty() && recordsChecked != of.records()) {
      odd("%d records, expected %d".formatted(recordsChecked, of.records()));
    }
    from.release();
    file = null;
  }

  /// For what is looked at once.
  NativeBuffer scratch() {
    return scratch;
  }

  void lost(long owner, long firstSeq, long lastSeq, String what) {
    damage.add(new PackDamage(pack, owner, firstSeq, lastSeq, true, what));
  }

  /// Notes what costs no record.
  void odd(String what) {
    damage.add(new PackDamage(pack, 0, 0, 0, false, what));
  }

  @Override
  public void close() {
    run = null;
    if (file != null) {
      file.release();
      file = null;
    }
    scratch.close();
  }
}
