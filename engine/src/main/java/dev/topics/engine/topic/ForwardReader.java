package dev.topics.engine.topic;

import dev.topics.engine.record.AppendBlock;
import dev.topics.engine.record.CopiedRecords;
import dev.topics.engine.record.OperationLayout;
import dev.topics.engine.record.Picks;
import dev.topics.engine.record.RouterStamp;
import dev.topics.storage.journal.Frame;
import dev.topics.storage.journal.FrameDamagedException;
import dev.topics.storage.journal.FrameReader;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Follows references: makes the records that a FORWARD means out of the APPEND that it refers to.
/// The bytes referred to are checked on every read.
///
/// **Threading** One thread at a time.
final class ForwardReader {
  private static final int KEEP_BYTES_MAX = 4 << 20;

  private final Supplier<FrameReader> newFrames;
  private final AppendBlock source = new AppendBlock();
  private final AppendBlock block = new AppendBlock();
  private final Picks picks = new Picks();
  private final CopiedRecords copies = new CopiedRecords();
  private final RouterStamp stamp = new RouterStamp();
  private @Nullable FrameReader frames;
  private MemorySegment scratch = MemorySegment.ofArray(new byte[0]);

  ForwardReader(Supplier<FrameReader> newFrames) {
    this.newFrames = newFrames;
  }

  /// The records of the FORWARD at `at`, as an APPEND; valid until the next call.
  AppendBlock read(MemorySegment segment, long at) throws FrameDamagedException {
    CopiedRecords found = follow(segment, at);
    int bytes = found.operationBytes();
    if (scratch.byteSize() < bytes || scratch.byteSize() > KEEP_BYTES_MAX) {
      scratch = MemorySegment.ofArray(new byte[bytes + bytes / 4]);
    }
    found.write(scratch, 0, OperationLayout.topicId(segment, at));
    return block.wrap(scratch, 0);
  }

  /// The records of the FORWARD at `at`, where they lie; valid until the next call.
  CopiedRecords follow(MemorySegment segment, long at) throws FrameDamagedException {
    Forward forward = Forward.decode(segment, at);
    Forward.Reference to = forward.to();
    FrameReader reader = frames;
    if (reader == null) {
      reader = newFrames.get();
      frames = reader;
    }
    Frame frame = reader.read(to.position());
    source.wrap(frame.segment(), to.operation(frame));
    to.pick(picks);
    Forward.Stamp from = to.stamp();
    RouterStamp stamped =
        from == null ? null : stamp.about(from.router(), from.source(), from.seqBase());
    return copies
        .of(source, picks, to.keepNode(), to.keepTag(), stamped)
        .numbered(forward.firstSeq(), forward.ts());
  }
}
