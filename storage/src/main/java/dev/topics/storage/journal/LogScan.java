package dev.topics.storage.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Reads the files of a journal once, in order, and finds where the log ends.
final class LogScan {
  private static final long PROGRESS_BYTES = 4 << 20;
  private static final long FIRST = FileHeader.PAGE_BYTES;

  private final List<FileView> views = new ArrayList<>();
  private final List<Extent> extents = new ArrayList<>();
  private final FrameHandler handler;
  private final FrameCheck check = new FrameCheck();
  private final Frame frame = new Frame();
  private final long totalBytes;
  private long doneBytes;
  private long toldBytes;
  private long lastLsn;
  private int lastCrc;

  /// The frames of one file that belong to the log.
  ///
  /// @param lastLsn of the last one; of the one before the file if it has none
  /// @param endOffset behind the last one
  record Extent(long frames, long lastLsn, long endOffset) {}

  LogScan(List<JournalFile> files, long startLsn, int startCrc, FrameHandler handler) {
    long bytes = 0;
    for (JournalFile file : files) {
      views.add(FileView.ofReader(file));
      bytes += file.bytes();
    }
    this.totalBytes = bytes;
    this.lastLsn = startLsn;
    this.lastCrc = startCrc;
    this.handler = handler;
  }

  LogEnd run() throws IOException {
    int i = 0;
    while (true) {
      FileView view = views.get(i);
      long end = readFile(view);
      int next = nextUsed(i);
      Verdict there = next == views.size() ? Verdict.EMPTY : expect(views.get(next), FIRST);
      if (there == Verdict.VALID) {
        for (i++; i < next; i++) {
          extents.add(new Extent(0, lastLsn, FIRST));
        }
        continue;
      }
      handler.progress(totalBytes, totalBytes);
      Verdict here = expect(view, end);
      return here == Verdict.EMPTY && there != Verdict.EMPTY
          ? new LogEnd(i, end, lastLsn, lastCrc, there, next, FIRST)
          : new LogEnd(i, end, lastLsn, lastCrc, here, i, end);
    }
  }

  /// The next file that does not begin with nothing. A file stays empty if what was claimed in it
  /// was abandoned, and the next frame needed a larger one.
  private int nextUsed(int fileIndex) throws IOException {
    int next = fileIndex + 1;
    while (next < views.size() && expect(views.get(next), FIRST) == Verdict.EMPTY) {
      next++;
    }
    return next;
  }

  /// One for each file of the log, in order.
  List<Extent> extents() {
    return extents;
  }

  private long readFile(FileView view) throws IOException {
    long offset = FIRST;
    long frames = 0;
    while (expect(view, offset) == Verdict.VALID) {
      frame.wrap(view.segment(), JournalPosition.of(view.file().sequence(), offset));
      handler.frame(frame);
      lastLsn++;
      lastCrc = FrameHeader.crc(view.segment(), offset);
      offset += FrameHeader.frameBytes(frame.payloadBytes());
      frames++;
      tellProgress(offset);
    }
    doneBytes += view.fileBytes();
    extents.add(new Extent(frames, lastLsn, offset));
    return offset;
  }

  private Verdict expect(FileView view, long offset) throws IOException {
    return check.frame(view, offset, lastLsn + 1, lastCrc);
  }

  private void tellProgress(long offset) {
    if (doneBytes + offset - toldBytes >= PROGRESS_BYTES) {
      toldBytes = doneBytes + offset;
      handler.progress(toldBytes, totalBytes);
    }
  }
}
