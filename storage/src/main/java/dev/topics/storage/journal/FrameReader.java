package dev.topics.storage.journal;

import java.io.IOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Reads frames at positions, checking all of their bytes every time.
///
/// **Threading** one thread per reader; any number of readers beside the writer. Allocates nothing
/// as long as it reads from no more than [#VIEWS] files in turn.
public final class FrameReader {
  private static final int VIEWS = 64;

  private final JournalFiles files;
  private final Function<JournalFile, FileView> viewOf;
  private final FrameCheck check = new FrameCheck();
  private final Frame frame = new Frame();
  private final @Nullable FileView[] views = new @Nullable FileView[VIEWS];

  FrameReader(JournalFiles files, Function<JournalFile, FileView> viewOf) {
    this.files = files;
    this.viewOf = viewOf;
  }

  /// The frame at `position`: a flyweight, valid until the next call.
  ///
  /// Its file may be released at any moment. From then on each access to its bytes throws an
  /// [IllegalStateException]; wrong bytes are never seen. [#isReleased] tells that from a mistake.
  ///
  /// @throws FrameReleasedException if that has happened already
  public Frame read(long position) throws FrameDamagedException {
    FileView view = view(JournalPosition.fileSequence(position));
    long offset = JournalPosition.offset(position);
    if (view == null) {
      if (isReleased(position)) {
        throw new FrameReleasedException(position);
      }
      throw damaged(position, FrameHeader.BYTES, "there is no such file");
    }
    try {
      Verdict verdict = check(position, view, offset);
      if (verdict != Verdict.VALID) {
        throw damaged(position, extent(view, offset, verdict), verdict.toString());
      }
    } catch (IllegalStateException e) {
      // The mapping has ended under the check, if this is not a reader used after the journal.
      throw view.file().isReleased() ? new FrameReleasedException(position) : e;
    }
    frame.wrap(view.segment(), position);
    if (frame.isBridge()) {
      throw damaged(position, FrameHeader.BYTES, "the frame was given up by a repair");
    }
    return frame;
  }

  /// Whether the file of that position is not part of the journal any more.
  public boolean isReleased(long position) {
    return files.isReleased(JournalPosition.fileSequence(position));
  }

  private Verdict check(long position, FileView view, long offset) throws FrameDamagedException {
    try {
      return check.frame(view, offset);
    } catch (IOException e) {
      if (view.file().isReleased()) {
        throw new FrameReleasedException(position);
      }
      FrameDamagedException unread =
          damaged(position, FrameHeader.BYTES, String.valueOf(e.getMessage()));
      unread.initCause(e);
      throw unread;
    }
  }

  private @Nullable FileView view(long sequence) {
    int slot = (int) (sequence % VIEWS);
    FileView view = views[slot];
    if (view == null || view.file().sequence() != sequence) {
      JournalFile file = files.find(sequence);
      view = file == null ? null : viewOf.apply(file);
      views[slot] = view;
    }
    return view;
  }

  private static long extent(FileView view, long offset, Verdict verdict) {
    return verdict.headerHolds()
        ? (long) FrameHeader.BYTES + FrameHeader.length(view.segment(), offset)
        : FrameHeader.BYTES;
  }

  private static FrameDamagedException damaged(long position, long bytes, String what) {
    return new FrameDamagedException(
        position,
        JournalFile.name(JournalPosition.fileSequence(position)),
        JournalPosition.offset(position),
        bytes,
        what);
  }
}
