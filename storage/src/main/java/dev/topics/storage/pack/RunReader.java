package dev.topics.storage.pack;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Reads the records of one run after another. Records are named by their index in the run.
///
/// Every read of bodies checks the blocks that hold them. What cannot be read for whatever reason
/// is a [PackDamagedException] with the records that this touches.
///
/// **Threading** One thread at a time; make one per thread. Reads the disk.
public final class RunReader implements AutoCloseable {
  /// Takes the records that [#findTag] finds; must not use the reader.
  public interface Found {
    void record(long seq, int payloadBytes);
  }

  private final Packs packs;
  private final NativeBuffer bodies = new NativeBuffer();
  private final NativeBuffer scratch = new NativeBuffer();
  private final Columns columns = new Columns();
  private final TagColumn tags = new TagColumn();
  private final TagSearch search = new TagSearch(scratch, bodies);
  private @Nullable OpenRun run;
  private boolean waits = true;
  private int chunk = -1;
  private long chunkStart;
  private int chunkCount;
  private boolean tagsOpen;

  RunReader(Packs packs) {
    this.packs = packs;
  }

  /// Whether the disk may be waited for, as it is unless somebody says otherwise. From the next
  /// [#open] on, every read that would wait fails with [NotInMemoryException].
  public void mayWait(boolean waits) {
    this.waits = waits;
  }

  /// Turns to a run; false if its pack was dropped.
  public boolean open(PackedRun wanted) throws PackDamagedException {
    OpenRun current = run;
    if (current != null && current.run().equals(wanted) && packs.holds(wanted.pack())) {
      return true;
    }
    leave();
    run = OpenRun.open(packs, wanted, scratch, waits);
    return run != null;
  }

  /// Lets go of the run, and of memory that only something unusually large needed.
  public void leave() {
    leaveChunk();
    bodies.shrink();
    scratch.shrink();
    if (run != null) {
      run.release();
      run = null;
    }
  }

  @Override
  public void close() {
    leave();
    bodies.close();
    scratch.close();
  }

  public PackedRun run() {
    return opened().run();
  }

  /// The first record at or above `seq`; the count of records if there is none.
  public long indexOf(long seq) throws PackDamagedException {
    ChunkTable table = opened().table();
    int at = table.chunkEndingFrom(seq);
    if (at == table.chunks()) {
      return run().count();
    }
    if (seq <= table.firstSeq(at)) {
      return table.recordsBefore(at);
    }
    if (isDense(table, at)) {
      return table.recordsBefore(at) + (seq - table.firstSeq(at));
    }
    turnTo(at);
    return chunkStart + columns.indexOf(seq);
  }

  private static boolean isDense(ChunkTable table, int chunk) {
    return table.lastSeq(chunk) - table.firstSeq(chunk) == table.count(chunk) - 1;
  }

  /// The first record of time `ts` or later; the count of records if there is none.
  public long indexSince(long ts) throws PackDamagedException {
    ChunkTable table = opened().table();
    int at = table.chunkSince(ts);
    if (at == table.chunks()) {
      return run().count();
    }
    turnTo(at);
    return chunkStart + columns.indexSince(ts);
  }

  public long seq(long i) throws PackDamagedException {
    return columns.seq(locate(i));
  }

  public long ts(long i) throws PackDamagedException {
    return columns.ts(locate(i));
  }

  /// Bytes of data and meta of the records before record `i`, which may be the count of records.
  public long payloadBefore(long i) throws PackDamagedException {
    if (i == run().count()) {
      return run().payloadBytes();
    }
    int at = locate(i);
    return opened().table().payloadBefore(chunk) + columns.payloadBefore(at);
  }

  public int payloadBytes(long i) throws PackDamagedException {
    int at = locate(i);
    return columns.value(Columns.PAYLOAD_END, at) - columns.payloadBefore(at);
  }

  public int bodyBytes(long i) throws PackDamagedException {
    int at = locate(i);
    return columns.bodyEnd(at) - columns.bodyStart(at);
  }

  /// Where the value of data begins in the body.
  public int dataOffset(long i) throws PackDamagedException {
    return columns.value(Columns.DATA_OFFSET, locate(i));
  }

  /// Where the value of meta begins in the body; 0 if there is none.
  public int metaOffset(long i) throws PackDamagedException {
    return columns.value(Columns.META_OFFSET, locate(i));
  }

  /// The node of record `i` among those of its chunk ([#chunkStart]), or -1.
  public int nodeId(long i) throws PackDamagedException {
    return columns.value(Columns.NODE, locate(i)) - 1;
  }

  /// Bytes of the node of record `i`, or -1 if it has none.
  public int nodeLength(long i) throws PackDamagedException {
    int node = nodeId(i);
    return node < 0 ? -1 : columns.nodes().length(node);
  }

  /// Where the node with id `node` starts in [#nodes].
  public long nodeStart(int node) {
    return columns.nodes().start(node);
  }

  /// What holds the nodes of the chunk, until the reader turns to another one.
  public MemorySegment nodes() {
    return columns.nodes().segment();
  }

  public boolean hasTag(long i) throws PackDamagedException {
    return columns.value(Columns.TAG, locate(i)) != 0;
  }

  /// Bytes of the tag of record `i`, which has one.
  public int tagLength(long i) throws PackDamagedException {
    return tags.tags().length(tagId(i));
  }

  /// Where the tag of record `i`, which has one, starts in [#tags].
  public long tagStart(long i) throws PackDamagedException {
    return tags.tags().start(tagId(i));
  }

  /// What holds the tags of the chunk of record `i`, until the reader turns to another one.
  public MemorySegment tags(long i) throws PackDamagedException {
    locate(i);
    turnToTags();
    return tags.tags().segment();
  }

  private int tagId(long i) throws PackDamagedException {
    int at = locate(i);
    turnToTags();
    return columns.value(Columns.TAG, at) - 1;
  }

  /// The index of the first record of the chunk that holds record `i`.
  public long chunkStart(long i) throws PackDamagedException {
    locate(i);
    return chunkStart;
  }

  /// How far, up to `end`, one [#read] from record `i` can go and bring at most `maxBytes`, or one
  /// record.
  public long stretchEnd(long i, long end, long maxBytes) throws PackDamagedException {
    int first = locate(i);
    int last = (int) Math.min(end - chunkStart, chunkCount);
    long limit = columns.bodyStart(first) + maxBytes;
    return chunkStart + Math.max(first + 1, columns.firstBeyond(first, last, limit));
  }

  /// Bytes of the bodies of the records `i` to `end` (exclusive), which are of one chunk, with the
  /// commas between them.
  public int stretchBytes(long i, long end) throws PackDamagedException {
    int first = locate(i);
    return columns.bodyEnd((int) (end - 1 - chunkStart)) - columns.bodyStart(first);
  }

  /// Reads and checks the bodies of the records `i` to `end` (exclusive), which [#stretchEnd] has
  /// allowed. The answer holds them, joined by commas, until the next read or search, or until the
  /// reader leaves the run.
  public MemorySegment read(long i, long end) throws PackDamagedException {
    int first = locate(i);
    int last = (int) (end - 1 - chunkStart);
    int from = columns.bodyStart(first);
    int to = columns.bodyEnd(last);
    int firstBlock = from / PackLayout.BLOCK_BYTES;
    int endOfBlocks = Math.min(columns.bodyBytes(), PackLayout.blocks(to) * PackLayout.BLOCK_BYTES);
    int blocksStart = firstBlock * PackLayout.BLOCK_BYTES;
    bodies.shrink();
    MemorySegment blocks = bodies.ensure(endOfBlocks - blocksStart, 0);
    blocks = blocks.asSlice(0, endOfBlocks - blocksStart);
    OpenRun current = opened();
    try {
      current.read(blocks, current.table().bodiesAt(chunk) + blocksStart);
    } catch (IOException e) {
      throw current.damaged(seq(i), seq(end - 1), "cannot be read: " + e.getMessage(), e);
    }
    check(blocks, firstBlock);
    return blocks.asSlice(from - blocksStart, to - from);
  }

  private void check(MemorySegment blocks, int firstBlock) throws PackDamagedException {
    int bytes = (int) blocks.byteSize();
    for (int at = 0; at < bytes; at += PackLayout.BLOCK_BYTES) {
      int block = firstBlock + at / PackLayout.BLOCK_BYTES;
      int length = Math.min(PackLayout.BLOCK_BYTES, bytes - at);
      if (PackLayout.crc(blocks, at, length) != columns.blockCrc(block)) {
        long start = opened().table().bodiesAt(chunk) + (long) block * PackLayout.BLOCK_BYTES;
        throw opened()
            .damaged(
                columns.seq(columns.firstOfBlock(block)),
                columns.seq(columns.lastOfBlock(block)),
                "bytes %d to %d are damaged".formatted(start, start + length));
      }
    }
  }

  /// Hands every record with the tag, or with a tag that starts with it, to `found`: chunk by
  /// chunk, in each tag by tag, and in each of these ascending. Bodies are not touched. If it
  /// fails, some may have been handed over.
  public void findTag(byte[] tag, boolean asPrefix, Found found) throws PackDamagedException {
    search.find(opened(), tag, asPrefix, found);
  }

  private OpenRun opened() {
    if (run == null) {
      throw new IllegalStateException("no run is open");
    }
    return run;
  }

  /// Turns to the chunk of record `i`; answers its index there.
  private int locate(long i) throws PackDamagedException {
    long at = i - chunkStart;
    if (chunk < 0 || at < 0 || at >= chunkCount) {
      PackedRun of = run();
      if (i < 0 || i >= of.count()) {
        throw new IndexOutOfBoundsException("record %d of %d".formatted(i, of.count()));
      }
      turnTo(opened().table().chunkOf(i));
      at = i - chunkStart;
    }
    return (int) at;
  }

  private void turnTo(int wanted) throws PackDamagedException {
    if (wanted == chunk) {
      return;
    }
    leaveChunk();
    OpenRun current = opened();
    ChunkTable table = current.table();
    Section section =
        current.section(
            wanted, table.columnsAt(wanted), table.columnBytes(wanted), table.columnsCrc(wanted));
    try {
      columns.wrap(section.bytes(), current.run().owner(), table, wanted);
      if (!section.isSound()) {
        columns.check(table, wanted);
        section.markSound();
      }
    } catch (IllegalArgumentException e) {
      throw current.damaged(table.firstSeq(wanted), table.lastSeq(wanted), reason(e), e);
    }
    chunk = wanted;
    chunkStart = table.recordsBefore(wanted);
    chunkCount = columns.count();
  }

  private void turnToTags() throws PackDamagedException {
    if (tagsOpen) {
      return;
    }
    OpenRun current = opened();
    ChunkTable table = current.table();
    if (table.tagBytes(chunk) == 0) {
      String what = "the tags are not there";
      throw current.damaged(table.firstSeq(chunk), table.lastSeq(chunk), what);
    }
    Section section =
        current.section(chunk, table.tagsAt(chunk), table.tagBytes(chunk), table.tagsCrc(chunk));
    try {
      tags.wrap(section.bytes());
      if (!section.isSound()) {
        tags.check(columns);
        section.markSound();
      }
    } catch (IllegalArgumentException e) {
      throw current.damaged(table.firstSeq(chunk), table.lastSeq(chunk), reason(e), e);
    }
    tagsOpen = true;
  }

  private void leaveChunk() {
    chunk = -1;
    tagsOpen = false;
  }

  static String reason(Throwable e) {
    String message = e.getMessage();
    return message == null ? e.toString() : message;
  }
}
