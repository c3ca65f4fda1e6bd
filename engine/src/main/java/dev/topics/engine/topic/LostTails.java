package dev.topics.engine.topic;

import dev.topics.storage.journal.Frame;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/// What topics may have handed out in frames that are lost, as long as no frame behind these tells
/// where the head of a topic was: seqs that clients may know, and that must not be given to other
/// records.
///
/// **Threading** Recovery, one thread.
final class LostTails {
  /// No frame holds, reserves or forwards more seqs of a topic.
  private static final long FRAME_SEQS_MAX = 1 << 22;

  /// A record in an append takes more: its entry in the table alone has as much.
  private static final long RECORD_BYTES_MIN = 16;

  private final Map<Topic, Tail> tails = new HashMap<>();

  /// @param frames that may have been about the topic
  /// @param bytes of all of them at most
  /// @param headKnown whether a frame behind them tells its head, though not what it had reserved
  private record Tail(long frames, long bytes, boolean headKnown) {}

  /// Any of `topics` may be what the frames that `bridge` stands for were about, unless it comes
  /// from a later checkpoint.
  void lost(Frame bridge, Collection<Topic> topics) {
    for (Topic topic : topics) {
      if (topic.restoredLsn() < bridge.lastLostLsn()) {
        Tail before = tails.getOrDefault(topic, new Tail(0, 0, false));
        tails.put(
            topic,
            new Tail(
                before.frames() + bridge.lostFrames(), before.bytes() + bridge.lostBytes(), false));
      }
    }
  }

  /// Behind the lost frames, one tells where the head of `topic` was.
  void toldHead(Topic topic) {
    tails.computeIfPresent(topic, (_, tail) -> new Tail(tail.frames(), tail.bytes(), true));
  }

  /// Behind the lost frames, one tells the head of `topic` and what it had reserved.
  void toldReservation(Topic topic) {
    tails.remove(topic);
  }

  /// Everything was told, or is noted in the log.
  void settled() {
    tails.clear();
  }

  /// The last seq that `topic` may have handed out in frames that are lost; its head if in none.
  ///
  /// @param fed whether it takes copies, which are much smaller in the log than records
  /// @param reserving whether it may have handed out all that it had reserved
  long end(Topic topic, boolean fed, boolean reserving) {
    Tail tail = tails.get(topic);
    if (tail == null || (tail.headKnown() && !reserving)) {
      return topic.head();
    }
    long most = tail.frames() * FRAME_SEQS_MAX;
    return topic.head()
        + (fed || reserving ? most : Math.min(most, tail.bytes() / RECORD_BYTES_MIN));
  }
}
