package dev.topics.engine.record;

/// Sums of payload bytes inside of appends that were asked for lately. With every ack a queue asks
/// for those of the append that its next jobs are in; without them the whole frame would be
/// verified again each time. Records never change, so neither do sums.
///
/// **Threading** One thread at a time.
public final class PayloadSums {
  /// Appends that are remembered; those of one place displace each other.
  private static final int PLACES = 16;

  private static final int PLACE_SHIFT = 60;

  /// Small appends are read as fast as they are found here.
  private static final int RECORDS_MIN = 16;

  private static final long MIX = 0x9E3779B97F4A7C15L;
  private static final int[] NONE = {};

  private final long[] topicIds = new long[PLACES];
  private final long[] firstSeqs = new long[PLACES];
  private final int[][] sums = new int[PLACES][];

  public PayloadSums() {}

  /// The bytes of the first 1, 2, … records of the append of `topicId` that starts at `firstSeq`;
  /// empty if they are not known.
  public int[] of(long topicId, long firstSeq) {
    int place = place(topicId, firstSeq);
    int[] found = sums[place];
    return found != null && topicIds[place] == topicId && firstSeqs[place] == firstSeq
        ? found
        : NONE;
  }

  /// Adds up the bytes of the records of `block`, and remembers the sums if that is worth it.
  public int[] add(long topicId, AppendBlock block) {
    int[] added = new int[block.count()];
    int bytes = 0;
    for (int i = 0; i < added.length; i++) {
      bytes += block.payloadBytes(i);
      added[i] = bytes;
    }
    if (added.length >= RECORDS_MIN) {
      int place = place(topicId, block.firstSeq());
      topicIds[place] = topicId;
      firstSeqs[place] = block.firstSeq();
      sums[place] = added;
    }
    return added;
  }

  private static int place(long topicId, long firstSeq) {
    return (int) (((topicId * MIX + firstSeq) * MIX) >>> PLACE_SHIFT);
  }
}
