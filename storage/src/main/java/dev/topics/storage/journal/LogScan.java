package dev.topics.storage.journal;

import dev.topics.storage.checkpoint.LogStart;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Reads the files of a journal once, in order from a place on, and finds where the log ends.
final class LogScan {
  private static final long PROGRESS_BYTES = 4 << 20;
  private static final long FIRST = FileHeader.PAGE_BYTES;

  private final List<FileView> views = new ArrayList<>();
  private final List<Extent> extents = new ArrayList<>();
  private final FrameHandler handler;
  private final FrameCheck check = new FrameCheck();
  private final Frame frame = new Frame();
  private final LogStart start;
  private final int startIndex;
  private final long totalBytes;
  private long doneBytes;
  private long toldBytes;
  private long lastLsn;
  private int lastCrc;

  /// The frames of one file that belong to the log.
  ///
  /// @param startLsn before the first one, [JournalFile#UNKNOWN] if nothing tells
  /// @param startCrc of the frame before the first one
  /// @param frames that were read: not those before the place where the scan started
  /// @param lastLsn of the last one; of the one before the file if it has none
  /// @param endOffset behind the last one
  record Extent(long startLsn, int startCrc, long frames, long lastLsn, long endOffset) {
    void begin(JournalFile file) {
      file.begin(startLsn, startCrc);
    }
  }

  LogScan(List<JournalFile> files, LogStart start, FrameHandler handler) {
    this.start = start;
    this.startIndex = Math.toIntExact(start.sequence() - files.getFirst().sequence());
    long bytes = 0;
    for (JournalFile file : files) {
      views.add(FileView.ofReader(file));
      bytes += file.sequence() < start.sequence() ? 0 : file.bytes();
    }
    this.totalBytes = bytes;
    this.lastLsn = start.lsn();
    this.lastCrc = start.crc();
    this.handler = handler;
  }

  LogEnd run() throws IOException {
    for (int before = 0; before < startIndex; before++) {
      extents.add(unread(before));
    }
    int i = startIndex;
    while (true) {
      FileView view = views.get(i);
      long end = readFile(view);
      int next = nextUsed(i);
      Verdict there = next == views.size() ? Verdict.EMPTY : expect(views.get(next), FIRST);
      if (there == Verdict.VALID) {
        for (i++; i < next; i++) {
          extents.add(new Extent(lastLsn, lastCrc, 0, lastLsn, FIRST));
        }
        continue;
      }
      handler.progress(totalBytes, totalBytes);
      Verdict here = expect(view, end);
      // Anything may lie behind the last frame of a file; a later file begins with nothing until a
      // frame goes there.
      return !here.headerHolds() && there != Verdict.EMPTY
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

  /// Only the first frame is looked at, to know what it follows: what was durable long ago is
  /// checked when it is read.
  private Extent unread(int index) throws IOException {
    FileView view = views.get(index);
    Verdict first = check.frame(view, FIRST);
    if (first == Verdict.EMPTY) {
      return index + 1 < startIndex ? unread(index + 1) : beginning(views.get(startIndex));
    }
    return first == Verdict.VALID
        ? extentOf(view)
        : new Extent(JournalFile.UNKNOWN, 0, 0, 0, FIRST);
  }

  /// Of the file where the scan starts.
  private Extent beginning(FileView view) throws IOException {
    if (start.offset() == FIRST) {
      return new Extent(start.lsn(), start.crc(), 0, start.lsn(), FIRST);
    }
    Verdict first = check.frame(view, FIRST);
    return first == Verdict.VALID
        ? extentOf(view)
        : new Extent(JournalFile.UNKNOWN, 0, 0, 0, FIRST);
  }

  private static Extent extentOf(FileView view) {
    long startLsn = FrameHeader.lsn(view.segment(), FIRST) - 1;
    int startCrc = FrameHeader.previousCrc(view.segment(), FIRST);
    return new Extent(startLsn, startCrc, 0, startLsn, FIRST);
  }

  private long readFile(FileView view) throws IOException {
    boolean first = view == views.get(startIndex);
    Extent begun = first ? beginning(view) : new Extent(lastLsn, lastCrc, 0, lastLsn, FIRST);
    long offset = first ? start.offset() : FIRST;
    long frames = 0;
    while (expect(view, offset) == Verdict.VALID) {
      frame.wrap(view.segment(), JournalPosition.of(view.file().sequence(), offset));
      handler.frame(frame);
      lastLsn = Bridge.lastLsn(view.segment(), offset);
      lastCrc = Bridge.crc(view.segment(), offset);
      offset += FrameHeader.frameBytes(frame.payloadBytes());
      frames++;
      tellProgress(offset);
    }
    doneBytes += view.fileBytes();
    extents.add(new Extent(begun.startLsn(), begun.startCrc(), frames, lastLsn, offset));
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
