package dev.topics.storage.journal;

/// Receives frames in log order when a journal is opened or verified.
///
/// Frames passed in are flyweights, valid during the call. What a handler throws ends the opening.
@FunctionalInterface
public interface FrameHandler {
  /// A valid frame; its lsn is one more than that of the call before, but behind a [Frame#isBridge]
  /// a later one.
  void frame(Frame frame);

  /// A valid frame found behind damage, called before [DamagedException] is thrown, so that the
  /// owner of the payloads can tell what the damaged range held. Lsns increase, with gaps.
  default void frameAfterDamage(Frame frame) {}

  /// How much of the journal was read.
  default void progress(long bytesDone, long bytesTotal) {}
}
