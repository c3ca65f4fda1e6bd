package dev.topics.storage.pack;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// Finds the records of a run that have a tag, or one that starts with it.
///
/// A search goes through each chunk once. So what it reads is not kept: it would cost a copy to the
/// heap, and push out what readers need. It looks at the columns only of chunks that have the tag,
/// and there only at seqs, bytes and the tags of what it finds. That the dictionary of tags is in
/// order, and lists every record that has one, it takes from the checksum.
///
/// **Threading** One thread at a time. Reads the disk.
final class TagSearch {
  private final NativeBuffer tagBytes;
  private final NativeBuffer columnBytes;
  private final TagColumn tags = new TagColumn();
  private final Columns columns = new Columns();

  /// @param tagBytes for the tags of a chunk, and `columnBytes` for its columns, while it searches
  TagSearch(NativeBuffer tagBytes, NativeBuffer columnBytes) {
    this.tagBytes = tagBytes;
    this.columnBytes = columnBytes;
  }

  /// Chunk by chunk, in each tag by tag, and in each of these ascending. `found` may have been told
  /// of some when damage is found.
  void find(OpenRun run, byte[] tag, boolean asPrefix, RunReader.Found found)
      throws PackDamagedException {
    ChunkTable table = run.table();
    for (int i = 0; i < table.chunks(); i++) {
      try {
        if (table.tagBytes(i) > 0) {
          findInChunk(run, i, tag, asPrefix, found);
        }
      } catch (IOException | IllegalArgumentException e) {
        throw run.damaged(table.firstSeq(i), table.lastSeq(i), RunReader.reason(e), e);
      }
    }
  }

  private void findInChunk(
      OpenRun run, int chunk, byte[] tag, boolean asPrefix, RunReader.Found found)
      throws IOException {
    ChunkTable table = run.table();
    MemorySegment ofTags =
        run.look(table.tagsAt(chunk), table.tagBytes(chunk), table.tagsCrc(chunk), tagBytes);
    Texts texts = tags.wrap(ofTags).checkEnds().tags();
    int first = texts.atOrAbove(tag);
    int end = first;
    while (end < texts.count() && texts.matches(end, tag, asPrefix)) {
      end++;
    }
    if (first == end) {
      return;
    }
    MemorySegment ofColumns =
        run.look(
            table.columnsAt(chunk), table.columnBytes(chunk), table.columnsCrc(chunk), columnBytes);
    columns.wrap(ofColumns, run.run().owner(), table, chunk).checkSeqsAndBytes(table, chunk);
    for (int i = first; i < end; i++) {
      tell(i, found);
    }
  }

  /// Hands the records of a tag to `found`.
  private void tell(int tag, RunReader.Found found) {
    ColumnValues records = tags.records(tag, columns);
    for (int i = 0; i < records.count(); i++) {
      int record = records.get(i);
      int bytes = columns.value(Columns.PAYLOAD_END, record) - columns.payloadBefore(record);
      found.record(columns.seq(record), bytes);
    }
  }
}
