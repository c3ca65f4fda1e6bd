package dev.topics.storage.pack;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Comparator;
import java.util.List;

/// Copies what is alive of runs, of one pack or several, into a new one, a step at a time.
///
/// Bodies are checked, and move as they are. Damage ends the merge: the sources stay what they are,
/// and it is their readers who tell of it.
///
/// **Threading** One thread at a time. The caller finishes and closes the writer.
public final class PackMerge implements AutoCloseable {
  private final List<PackedRun> sources;
  private final Liveness liveness;
  private final PackWriter writer;
  private final RunReader reader;
  private final PackRecord record = new PackRecord();
  private int source;
  private boolean opened;
  private long nextSeq;
  private long index;
  private long endOfLive;

  /// Merges `sources`, of which those of one owner have no seqs in common.
  public PackMerge(Packs packs, List<PackedRun> sources, Liveness liveness, PackWriter writer) {
    this.sources =
        sources.stream()
            .sorted(
                Comparator.comparingLong(PackedRun::owner).thenComparingLong(PackedRun::firstSeq))
            .toList();
    this.liveness = liveness;
    this.writer = writer;
    reader = packs.newReader();
  }

  /// Copies bodies of about `maxBytes`, more if a single record is larger; answers how many bytes
  /// it looked at and copied, 0 when all is done.
  public long step(long maxBytes) throws IOException {
    long done = 0;
    while (done < maxBytes && source < sources.size()) {
      PackedRun run = sources.get(source);
      if (!opened) {
        openSource(run);
        done++;
      }
      if (index < run.count() && index >= endOfLive) {
        findLive(run);
        done++;
      }
      if (index == run.count()) {
        reader.leave();
        opened = false;
        source++;
      } else {
        done += copy(maxBytes - done);
      }
    }
    return done;
  }

  private void openSource(PackedRun run) throws IOException {
    if (!reader.open(run)) {
      throw new IllegalStateException("pack " + run.pack() + " was dropped");
    }
    if (source == 0 || sources.get(source - 1).owner() != run.owner()) {
      writer.beginRun(run.owner());
    }
    opened = true;
    nextSeq = run.firstSeq();
    index = 0;
    endOfLive = 0;
  }

  /// Moves to the next stretch of live records, or to the end of the run. Nothing is asked of what
  /// lies between: it may be damaged.
  private void findLive(PackedRun run) throws IOException {
    long live = liveness.nextLive(run.owner(), nextSeq);
    index = reader.indexOf(live);
    if (index < run.count()) {
      nextSeq = liveness.nextDead(run.owner(), live);
      endOfLive = reader.indexOf(nextSeq);
    }
  }

  private long copy(long maxBytes) throws IOException {
    if (index >= endOfLive) {
      return 0;
    }
    long end = reader.stretchEnd(index, endOfLive, Math.clamp(maxBytes, 1, 1 << 20));
    MemorySegment bodies = reader.read(index, end);
    long at = 0;
    for (; index < end; index++) {
      int bytes = reader.bodyBytes(index);
      record
          .start(reader.seq(index), reader.ts(index))
          .body(bodies, at, bytes)
          .values(reader.dataOffset(index), reader.metaOffset(index), reader.payloadBytes(index));
      int node = reader.nodeId(index);
      if (node >= 0) {
        record.node(reader.nodes(), reader.nodeStart(node), reader.nodeLength(index));
      }
      if (reader.hasTag(index)) {
        record.tag(reader.tags(index), reader.tagStart(index), reader.tagLength(index));
      }
      writer.add(record);
      at += bytes + 1L;
    }
    return at;
  }

  @Override
  public void close() {
    reader.close();
  }
}
