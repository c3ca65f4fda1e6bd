package dev.topics.storage.pack;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// Verifies the chunks of a run, one after another.
final class RunCheck {
  /// Stands for a place that damage has made unknown.
  static final long UNKNOWN = -1;

  private final PackVerifier verifier;
  private final PackFile file;
  private final RunEntry entry;
  private final ChunkTable table;
  private final Columns columns = new Columns();
  private final TagColumn tags = new TagColumn();
  private int chunk;
  private long expectedAt;
  private long payloadBytes;
  private int chunkPayloadBytes;
  private long bodyBytes;
  private boolean whole = true;

  RunCheck(
      PackVerifier verifier, PackFile file, RunEntry entry, ChunkTable table, long expectedAt) {
    this.verifier = verifier;
    this.file = file;
    this.entry = entry;
    this.table = table;
    this.expectedAt = expectedAt;
  }

  boolean hasNext() {
    return chunk < table.chunks();
  }

  long records() {
    return entry.run().count();
  }

  /// Verifies a chunk; answers its bytes.
  long next() {
    if (expectedAt != UNKNOWN && table.bodiesAt(chunk) != expectedAt) {
      verifier.odd("bytes %d to %d belong to nothing".formatted(expectedAt, table.bodiesAt(chunk)));
    }
    boolean sums = !whole || table.payloadBefore(chunk) == payloadBytes;
    whole = checkColumns();
    if (whole && !sums) {
      lost("the sums are wrong");
    }
    expectedAt = table.tagsAt(chunk) + table.tagBytes(chunk);
    long bytes = expectedAt - table.bodiesAt(chunk);
    payloadBytes = table.payloadBefore(chunk) + chunkPayloadBytes;
    bodyBytes += table.bodyBytes(chunk);
    chunk++;
    return bytes;
  }

  /// The end of the run in the file, after the last chunk was verified.
  long end() {
    PackedRun run = entry.run();
    if (expectedAt != entry.tableAt()) {
      verifier.odd("bytes %d to %d belong to nothing".formatted(expectedAt, entry.tableAt()));
    }
    boolean sums = !whole || payloadBytes == run.payloadBytes();
    if (!sums || bodyBytes != run.bodyBytes() || table.lastTs(chunk - 1) != run.lastTs()) {
      verifier.lost(run.owner(), run.firstSeq(), run.lastSeq(), "the sums are wrong");
    }
    return entry.tableAt() + entry.tableBytes();
  }

  /// Whether the columns could be read.
  private boolean checkColumns() {
    try {
      Section section =
          file.section(
              verifier.scratch(),
              table.columnsAt(chunk),
              table.columnBytes(chunk),
              table.columnsCrc(chunk),
              true);
      columns.wrap(section.bytes(), entry.run().owner(), table, chunk);
      chunkPayloadBytes = columns.value(Columns.PAYLOAD_END, columns.count() - 1);
      columns.check(table, chunk);
      checkBodies();
      checkTags();
      return true;
    } catch (IOException | IllegalArgumentException e) {
      lost(verifier.reason(e));
      return false;
    }
  }

  private void checkBodies() {
    int bytes = columns.bodyBytes();
    MemorySegment bodies = verifier.scratch().ensure(bytes, 0).asSlice(0, bytes);
    int record = 0;
    for (int block = 0; block < PackLayout.blocks(bytes); block++) {
      int start = block * PackLayout.BLOCK_BYTES;
      int length = Math.min(PackLayout.BLOCK_BYTES, bytes - start);
      String what = readBlock(bodies.asSlice(start, length), block);
      if (what != null) {
        verifier.lost(
            entry.run().owner(),
            columns.seq(columns.firstOfBlock(block)),
            columns.seq(columns.lastOfBlock(block)),
            what);
      }
      boolean commas = true;
      for (; record < columns.count() - 1 && columns.bodyEnd(record) < start + length; record++) {
        commas &= bodies.get(ValueLayout.JAVA_BYTE, columns.bodyEnd(record)) == ',';
      }
      if (what == null && !commas) {
        lost("the bodies are not where the columns say");
      }
    }
  }

  private @Nullable String readBlock(MemorySegment into, int block) {
    long at = table.bodiesAt(chunk) + (long) block * PackLayout.BLOCK_BYTES;
    String which = "bytes %d to %d ".formatted(at, at + into.byteSize());
    try {
      file.read(into, at);
    } catch (IOException e) {
      return which + "cannot be read: " + verifier.reason(e);
    }
    boolean same = PackLayout.crc(into, 0, into.byteSize()) == columns.blockCrc(block);
    return same ? null : which + "are damaged";
  }

  private void checkTags() {
    if (table.tagBytes(chunk) == 0) {
      if (columns.tagged() > 0) {
        lost("the tags are not there");
      }
      return;
    }
    try {
      Section section =
          file.section(
              verifier.scratch(),
              table.tagsAt(chunk),
              table.tagBytes(chunk),
              table.tagsCrc(chunk),
              true);
      tags.wrap(section.bytes()).check(columns);
    } catch (IOException | IllegalArgumentException e) {
      lost("tags: " + verifier.reason(e));
    }
  }

  private void lost(String what) {
    verifier.lost(entry.run().owner(), table.firstSeq(chunk), table.lastSeq(chunk), what);
  }
}
