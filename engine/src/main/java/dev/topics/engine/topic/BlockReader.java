package dev.topics.engine.topic;

import dev.topics.storage.journal.Frame;
import dev.topics.storage.journal.FrameDamagedException;
import dev.topics.storage.journal.FrameReader;
import dev.topics.storage.journal.Journal;
import java.lang.foreign.MemorySegment;

/// Finds the records of an append wherever they are stored. Bytes from the disk are checked on
/// every read.
///
/// **Threading** One thread at a time.
final class BlockReader {
  private final FrameReader frames;
  private final AppendBlock block = new AppendBlock();

  BlockReader(Journal journal) {
    frames = journal.newReader();
  }

  /// The records of `entry`; valid until the next call.
  ///
  /// @throws FrameDamagedException if what is stored is not what was written
  AppendBlock read(long topicId, AppendIndex.Snapshot index, long entry)
      throws FrameDamagedException {
    long position = index.position(entry);
    MemorySegment memory = index.memory(entry);
    if (memory != null) {
      return block.wrap(memory, position);
    }
    Frame frame = frames.read(position);
    MemorySegment segment = frame.segment();
    long at = frame.payloadOffset();
    long end = at + frame.payloadBytes();
    long firstSeq = index.firstSeq(entry);
    while (at < end) {
      if (OperationLayout.type(segment, at) == OperationLayout.APPEND
          && OperationLayout.topicId(segment, at) == topicId
          && OperationLayout.Append.firstSeq(segment, at) == firstSeq) {
        return block.wrap(segment, at);
      }
      at += OperationLayout.length(segment, at);
    }
    throw new InconsistentLogException(
        "the frame at %x does not hold seq %d of topic %d".formatted(position, firstSeq, topicId));
  }
}
