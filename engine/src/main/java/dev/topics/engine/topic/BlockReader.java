package dev.topics.engine.topic;

import dev.topics.engine.index.AppendIndex;
import dev.topics.engine.model.InconsistentLogException;
import dev.topics.engine.record.AppendBlock;
import dev.topics.engine.record.OperationLayout;
import dev.topics.storage.journal.Frame;
import dev.topics.storage.journal.FrameDamagedException;
import dev.topics.storage.journal.FrameReader;
import dev.topics.storage.journal.FrameReleasedException;
import dev.topics.storage.pack.PackedRun;
import dev.topics.storage.pack.Packs;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Finds records wherever they are stored. Bytes from the disk are checked on every read.
///
/// **Threading** One thread at a time.
public final class BlockReader {
  /// How much of a run is read at once, unless the reader knows better.
  static final int RECORDS_MAX = 16_384;

  static final long BYTES_MAX = 256 << 10;

  private final Supplier<FrameReader> newFrames;
  private final ForwardReader forwards;
  private final PackedBlocks packed;
  private @Nullable FrameReader frames;
  private final AppendBlock block = new AppendBlock();
  private MemorySegment segment = MemorySegment.NULL;
  private long operation;
  private int offset;

  BlockReader(Supplier<FrameReader> newFrames, Packs packs) {
    this.newFrames = newFrames;
    forwards = new ForwardReader(newFrames);
    packed = new PackedBlocks(packs);
  }

  /// What reads runs of packs.
  public PackedBlocks packed() {
    return packed;
  }

  /// Records of `entry`, that of `seq` among them, which lives; of a run some of those from it on.
  /// Valid until the next call.
  ///
  /// @throws DamagedRecordsException if what is stored is not what was written
  /// @throws MovedRecordsException if the records lie elsewhere by now
  public AppendBlock read(long topicId, AppendIndex.Snapshot index, long entry, long seq)
      throws DamagedRecordsException {
    return read(topicId, index, entry, seq, RECORDS_MAX, BYTES_MAX);
  }

  /// The same, of a run at most `maxRecords` and about `maxBytes`.
  AppendBlock read(
      long topicId, AppendIndex.Snapshot index, long entry, long seq, int maxRecords, long maxBytes)
      throws DamagedRecordsException {
    PackedRun run = index.run(entry);
    if (run != null) {
      return packed.read(run, seq, maxRecords, maxBytes);
    }
    locate(topicId, index, entry);
    if (!isForward()) {
      return block.wrap(segment, operation);
    }
    try {
      return forwards.read(segment, operation);
    } catch (FrameDamagedException damaged) {
      throw damaged(index, entry, damaged);
    } catch (FrameReleasedException released) {
      throw new MovedRecordsException("the journal file is gone", released);
    }
  }

  private static DamagedRecordsException damaged(
      AppendIndex.Snapshot index, long entry, FrameDamagedException cause) {
    long next = index.next(entry);
    long last = next == AppendIndex.Snapshot.NO_ENTRY ? Long.MAX_VALUE : index.firstSeq(next) - 1;
    return new DamagedRecordsException(index.firstSeq(entry), last, cause);
  }

  /// Finds the operation that holds the records of `entry`, which is not a run, whether or not it
  /// refers to others.
  ///
  /// @throws DamagedRecordsException if what is stored is not what was written
  void locate(long topicId, AppendIndex.Snapshot index, long entry) throws DamagedRecordsException {
    MemorySegment memory = index.memory(entry);
    if (memory != null) {
      located(memory, index.position(entry), 0);
      return;
    }
    try {
      locateInJournal(topicId, index, entry);
    } catch (FrameDamagedException damaged) {
      throw damaged(index, entry, damaged);
    } catch (FrameReleasedException released) {
      throw new MovedRecordsException("the journal file is gone", released);
    }
  }

  private void locateInJournal(long topicId, AppendIndex.Snapshot index, long entry)
      throws FrameDamagedException {
    long position = index.position(entry);
    Frame frame = frames().read(position);
    MemorySegment file = frame.segment();
    long at = frame.payloadOffset();
    long end = at + frame.payloadBytes();
    long firstSeq = index.firstSeq(entry);
    while (at < end) {
      if (OperationLayout.topicId(file, at) == topicId
          && Operation.firstSeqOfRecords(file, at) == firstSeq) {
        located(file, at, (int) (at - frame.payloadOffset()));
        return;
      }
      at += OperationLayout.length(file, at);
    }
    throw new InconsistentLogException(
        "the frame at %x does not hold seq %d of topic %d".formatted(position, firstSeq, topicId));
  }

  /// Made at the first read: most readers of sums never need one.
  private FrameReader frames() {
    FrameReader reader = frames;
    if (reader == null) {
      reader = newFrames.get();
      frames = reader;
    }
    return reader;
  }

  private void located(MemorySegment in, long at, int inPayload) {
    segment = in;
    operation = at;
    offset = inPayload;
  }

  /// Whether the operation that was located refers to records elsewhere.
  boolean isForward() {
    return OperationLayout.type(segment, operation) == RouterOperation.FORWARD;
  }

  /// Where the operation lies that was located.
  MemorySegment segment() {
    return segment;
  }

  /// Where it starts in [#segment].
  long operation() {
    return operation;
  }

  /// Where it starts in the payload of its frame.
  int offset() {
    return offset;
  }
}
