package dev.topics.storage.pack;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// A run under a reader: the pack, which stays open, and the table of the run's chunks.
final class OpenRun {
  private final PackFile file;
  private final PackedRun run;
  private final Section tableSection;
  private final ChunkTable table;
  private final boolean waits;

  private OpenRun(
      PackFile file, PackedRun run, Section tableSection, ChunkTable table, boolean waits) {
    this.file = file;
    this.run = run;
    this.tableSection = tableSection;
    this.table = table;
    this.waits = waits;
  }

  /// Null if the pack was dropped.
  ///
  /// @param waits whether the disk may be waited for, here and later
  static @Nullable OpenRun open(Packs packs, PackedRun run, boolean waits)
      throws PackDamagedException {
    PackFile file;
    try {
      file = packs.acquire(run.pack(), waits);
    } catch (UnusablePackException e) {
      throw damaged(run, run.firstSeq(), run.lastSeq(), RunReader.reason(e), e);
    }
    if (file == null) {
      return null;
    }
    Section section = null;
    OpenRun opened = null;
    try {
      RunEntry entry = file.entry(run.index(), waits);
      if (!entry.run().equals(run)) {
        throw new IllegalArgumentException("the pack has another run there: " + entry.run());
      }
      section = section(packs, file, entry.tableAt(), entry.tableBytes(), entry.tableCrc(), waits);
      opened = new OpenRun(file, run, section, ChunkTable.of(section.bytes(), entry), waits);
      return opened;
    } catch (IOException | IllegalArgumentException e) {
      throw damaged(run, run.firstSeq(), run.lastSeq(), RunReader.reason(e), e);
    } finally {
      if (opened == null) {
        file.release();
        if (section != null) {
          section.release();
        }
      }
    }
  }

  PackedRun run() {
    return run;
  }

  ChunkTable table() {
    return table;
  }

  /// A part of a chunk, of which the caller becomes a user.
  Section section(Packs packs, int chunk, long offset, long bytes, int crc)
      throws PackDamagedException {
    try {
      return section(packs, file, offset, bytes, crc, waits);
    } catch (IOException | IllegalArgumentException e) {
      throw damaged(run, table.firstSeq(chunk), table.lastSeq(chunk), RunReader.reason(e), e);
    }
  }

  private static Section section(
      Packs packs, PackFile file, long offset, long bytes, int crc, boolean waits)
      throws IOException {
    Section cached = packs.sections().find(file.id(), offset);
    if (cached != null) {
      return cached;
    }
    Section section = file.section(packs.sections().memory(), offset, bytes, crc, waits);
    packs.sections().keep(file.id(), offset, section);
    return section;
  }

  /// Reads and does not check.
  void read(MemorySegment target, long offset) throws IOException {
    file.read(target, offset, waits);
  }

  PackDamagedException damaged(long firstSeq, long lastSeq, String what) {
    return damaged(run, firstSeq, lastSeq, what, null);
  }

  PackDamagedException damaged(long firstSeq, long lastSeq, String what, Throwable cause) {
    return damaged(run, firstSeq, lastSeq, what, cause);
  }

  private static PackDamagedException damaged(
      PackedRun run, long firstSeq, long lastSeq, String what, @Nullable Throwable cause) {
    return new PackDamagedException(run.pack(), run.owner(), firstSeq, lastSeq, what, cause);
  }

  void release() {
    tableSection.release();
    file.release();
  }
}
