package dev.topics.storage.journal;

/// Reads frames at positions, checking all of their bytes every time.
///
/// **Threading** one thread per reader; any number of readers beside the writer.
@SuppressWarnings("DoNotCallSuggester")
public final class FrameReader {
  FrameReader() {}

  /// The frame at `position`: a flyweight, valid until the next call.
  public Frame read(long position) throws FrameDamagedException {
    throw new UnsupportedOperationException();
  }
}
