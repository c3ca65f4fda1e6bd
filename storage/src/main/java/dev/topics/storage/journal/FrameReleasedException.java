package dev.topics.storage.journal;

/// The file that held a frame is not part of the journal any more: whoever released it keeps the
/// records elsewhere, and a fresh view shows where. Of the type that access to the bytes of such a
/// frame throws, so that one handler serves both.
public final class FrameReleasedException extends IllegalStateException {
  private static final long serialVersionUID = 1;

  private final long position;

  FrameReleasedException(long position) {
    super(
        "%s: released, with the frame at offset %d"
            .formatted(
                JournalFile.name(JournalPosition.fileSequence(position)),
                JournalPosition.offset(position)));
    this.position = position;
  }

  /// The position that was asked for.
  public long position() {
    return position;
  }
}
