package dev.topics.engine.topic;

import dev.topics.engine.index.SeqRanges;
import dev.topics.engine.record.OperationLayout;
import dev.topics.storage.pack.PackedRun;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// The records of a topic in some place lie in a pack from now on, which is durable already.
///
/// The place is named by seqs: all appends, or older runs, that begin from `first` to `last`. What
/// was dead when the pack was written is not in it; so the bytes of these seqs leave the sums of
/// the deleted set, which knows them by windows of [SeqSet].
///
/// ```text
/// PACK_INSTALL
///   16  8  first seq of the place   24  8  last seq of the place
///   32  8  number of windows
///   40  the run: pack 8, index 4, 0 4, first seq 8, last seq 8, records 8, payload bytes 8,
///       bytes of bodies 8, first ts 8, last ts 8; pack 0 if nothing was alive
///  112  windows: a seq of it 8, bytes of what is not in the pack 8
/// ```
///
/// @param run null if nothing was alive
/// @param dead a seq for each window, and the bytes of what is not in the pack
public record PackInstall(
    long topicId, long first, long last, @Nullable PackedRun run, SeqRanges dead)
    implements Operation {
  static final int TYPE = 48;

  private static final int RUN = 40;
  private static final int WINDOWS = 112;
  private static final int WINDOW_BYTES = 16;

  /// The same with another run; null if nothing was alive.
  PackInstall with(@Nullable PackedRun of) {
    return new PackInstall(topicId, first, last, of, dead);
  }

  @Override
  public int encodedBytes() {
    return WINDOWS + WINDOW_BYTES * dead.size();
  }

  @Override
  public void encode(MemorySegment target, long at) {
    target.asSlice(at, encodedBytes()).fill((byte) 0);
    OperationLayout.putHeader(target, at, TYPE, 0, encodedBytes(), topicId);
    OperationLayout.putLong(target, at + 16, first);
    OperationLayout.putLong(target, at + 24, last);
    OperationLayout.putLong(target, at + 32, dead.size());
    PackedRun of = run;
    if (of != null) {
      OperationLayout.putLong(target, at + RUN, of.pack());
      OperationLayout.putInt(target, at + RUN + 8, of.index());
      OperationLayout.putLong(target, at + RUN + 16, of.firstSeq());
      OperationLayout.putLong(target, at + RUN + 24, of.lastSeq());
      OperationLayout.putLong(target, at + RUN + 32, of.count());
      OperationLayout.putLong(target, at + RUN + 40, of.payloadBytes());
      OperationLayout.putLong(target, at + RUN + 48, of.bodyBytes());
      OperationLayout.putLong(target, at + RUN + 56, of.firstTs());
      OperationLayout.putLong(target, at + RUN + 64, of.lastTs());
    }
    for (int i = 0; i < dead.size(); i++) {
      long window = at + WINDOWS + (long) WINDOW_BYTES * i;
      OperationLayout.putLong(target, window, dead.first(i));
      OperationLayout.putLong(target, window + 8, dead.bytes(i));
    }
  }

  /// Applies the operation at `at`.
  static void apply(MemorySegment source, long at, Topic topic) {
    SeqRanges dead = new SeqRanges();
    long windows = OperationLayout.getLong(source, at + 32);
    for (int i = 0; i < windows; i++) {
      long window = at + WINDOWS + (long) WINDOW_BYTES * i;
      long seq = OperationLayout.getLong(source, window);
      dead.addRange(seq, seq, OperationLayout.getLong(source, window + 8));
    }
    topic.applyInstall(
        OperationLayout.getLong(source, at + 16),
        OperationLayout.getLong(source, at + 24),
        run(source, at),
        dead);
  }

  private static @Nullable PackedRun run(MemorySegment source, long at) {
    long pack = OperationLayout.getLong(source, at + RUN);
    return pack == 0
        ? null
        : new PackedRun(
            pack,
            OperationLayout.getInt(source, at + RUN + 8),
            OperationLayout.topicId(source, at),
            OperationLayout.getLong(source, at + RUN + 16),
            OperationLayout.getLong(source, at + RUN + 24),
            OperationLayout.getLong(source, at + RUN + 32),
            OperationLayout.getLong(source, at + RUN + 40),
            OperationLayout.getLong(source, at + RUN + 48),
            OperationLayout.getLong(source, at + RUN + 56),
            OperationLayout.getLong(source, at + RUN + 64));
  }
}
