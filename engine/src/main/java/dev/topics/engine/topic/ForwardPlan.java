package dev.topics.engine.topic;

import dev.topics.engine.model.InconsistentLogException;
import dev.topics.engine.record.AppendBlock;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// What a lane is about to do, in the order of the source's seqs. Made without the commit lock.
final class ForwardPlan {
  /// One step.
  sealed interface Move {
    /// The cursor behind it.
    long cursor();
  }

  /// Copies for the destination.
  sealed interface Records extends Move {
    int count();

    long payloadBytes();

    /// Bytes of data and meta of record `i`; only if the destination has a cap.
    int payloadBytes(int i);

    int hops();
  }

  /// Copies by reference. The append of the source that holds `firstSourceSeq` must still lie at
  /// `position`.
  ///
  /// @param sizes what each record has; empty if the destination has no cap
  record Referred(
      Forward.Reference reference,
      long firstSourceSeq,
      long position,
      int hops,
      PayloadSizes sizes,
      long cursor)
      implements Records {
    @Override
    public int count() {
      return reference.count();
    }

    @Override
    public long payloadBytes() {
      return reference.payloadBytes();
    }

    @Override
    public int payloadBytes(int i) {
      return sizes.of(i);
    }
  }

  /// Bytes of data and meta of some records.
  static final class PayloadSizes {
    static final PayloadSizes NONE = new PayloadSizes(new int[0]);

    private final int[] bytes;

    PayloadSizes(int[] bytes) {
      this.bytes = bytes;
    }

    int count() {
      return bytes.length;
    }

    int of(int i) {
      return bytes[i];
    }
  }

  /// Copies of which the bytes are at hand: an APPEND at the start of `segment`.
  record Carried(MemorySegment segment, AppendBlock block, int hops, long cursor)
      implements Records {
    @Override
    public int count() {
      return block.count();
    }

    @Override
    public long payloadBytes() {
      return block.payloadBytes();
    }

    @Override
    public int payloadBytes(int i) {
      return block.payloadBytes(i);
    }
  }

  /// The source lost `count` seqs.
  record Lost(long count, int hops, long cursor) implements Move {}

  private final ForwardLane lane;
  private final long from;
  private final boolean inMemory;
  private final List<Move> moves = new ArrayList<>(2);
  private long cursor;
  private int records;
  private long payloadBytes;
  private long carriedBytes;

  ForwardPlan(ForwardLane lane, boolean inMemory) {
    this.lane = lane;
    this.inMemory = inMemory;
    from = lane.cursor();
    cursor = from;
  }

  ForwardLane lane() {
    return lane;
  }

  /// Whether the size of each record is known, as it must be where caps push out some of them.
  boolean hasSizes() {
    for (Move move : moves) {
      if (move instanceof Referred referred && referred.sizes().count() < referred.count()) {
        return false;
      }
    }
    return true;
  }

  /// The cursor before the first move.
  long from() {
    return from;
  }

  /// The cursor behind the last move and what was passed over after it.
  long cursor() {
    return cursor;
  }

  /// Whether the destination lived in memory when this was planned.
  boolean inMemory() {
    return inMemory;
  }

  List<Move> moves() {
    return moves;
  }

  int records() {
    return records;
  }

  long payloadBytes() {
    return payloadBytes;
  }

  long carriedBytes() {
    return carriedBytes;
  }

  void add(Move move) {
    moves.add(move);
    cursor = move.cursor();
    if (move instanceof Records copies) {
      records += copies.count();
      payloadBytes += copies.payloadBytes();
    }
    if (move instanceof Carried carried) {
      carriedBytes += carried.segment().byteSize();
    }
  }

  void passTo(long seq) {
    cursor = seq;
  }

  /// Throws unless its moves go on, one behind the other, and end where readers of the source are.
  /// What is in the log is never taken back.
  void check(long visibleHead) {
    long at = from;
    for (Move move : moves) {
      check(at, move.cursor(), visibleHead);
      at = move.cursor();
    }
    if (cursor != at || moves.isEmpty()) {
      check(at, cursor, visibleHead);
    }
  }

  private void check(long at, long to, long visibleHead) {
    if (to <= at || to > visibleHead) {
      throw new InconsistentLogException(
          "router \"%s\": its cursor would go from %d to %d, readers are at %d"
              .formatted(lane.config().name(), at, to, visibleHead));
    }
  }

  boolean isEmpty() {
    return cursor == from;
  }
}
