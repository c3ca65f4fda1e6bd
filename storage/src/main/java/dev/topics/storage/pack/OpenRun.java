package dev.topics.storage.pack;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// A run under a reader: the pack, which stays open, and the table of the run's chunks.
final class OpenRun {
  private final Packs packs;
  private final PackFile file;
  private final PackedRun run;
  private final NativeBuffer scratch;
  private final boolean waits;
  private final ChunkTable table;

  private OpenRun(Packs packs, PackFile file, PackedRun run, NativeBuffer scratch, boolean waits)
      throws IOException {
    this.packs = packs;
    this.file = file;
    this.run = run;
    this.scratch = scratch;
    this.waits = waits;
    RunEntry entry = file.entry(run.index(), waits);
    if (!entry.run().equals(run)) {
      throw new IllegalArgumentException("the pack has another run there: " + entry.run());
    }
    Section section = read(entry.tableAt(), entry.tableBytes(), entry.tableCrc());
    table = ChunkTable.of(section.bytes(), entry);
  }

  /// Null if the pack was dropped.
  ///
  /// @param scratch for what is read, here and later
  /// @param waits whether the disk may be waited for, here and later
  static @Nullable OpenRun open(Packs packs, PackedRun run, NativeBuffer scratch, boolean waits)
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
    OpenRun opened = null;
    try {
      opened = new OpenRun(packs, file, run, scratch, waits);
      return opened;
    } catch (IOException | IllegalArgumentException e) {
      throw damaged(run, run.firstSeq(), run.lastSeq(), RunReader.reason(e), e);
    } finally {
      if (opened == null) {
        file.release();
      }
    }
  }

  PackedRun run() {
    return run;
  }

  ChunkTable table() {
    return table;
  }

  /// A part of a chunk.
  Section section(int chunk, long offset, long bytes, int crc) throws PackDamagedException {
    try {
      return read(offset, bytes, crc);
    } catch (IOException | IllegalArgumentException e) {
      throw damaged(run, table.firstSeq(chunk), table.lastSeq(chunk), RunReader.reason(e), e);
    }
  }

  private Section read(long offset, long bytes, int crc) throws IOException {
    Section cached = packs.sections().find(file.id(), offset);
    if (cached != null) {
      return cached;
    }
    Section section = file.section(scratch, offset, bytes, crc, waits);
    packs.sections().keep(file.id(), offset, section);
    return section;
  }

  /// A part whose checksum is right, from the cache, or read into `into` and not kept; valid until
  /// that is used for something else. Fails with [IllegalArgumentException] if it is damaged.
  MemorySegment look(long offset, long bytes, int crc, NativeBuffer into) throws IOException {
    Section cached = packs.sections().find(file.id(), offset);
    return cached == null ? file.read(into, offset, bytes, crc, waits) : cached.bytes();
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
    file.release();
  }
}
