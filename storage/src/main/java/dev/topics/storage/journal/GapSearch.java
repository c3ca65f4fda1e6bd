package dev.topics.storage.journal;

import dev.topics.storage.checkpoint.LogStart;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Goes through all frames of a journal, over the places where durable ones are lost, and says
/// where a [Bridge] must stand so that the rest is one log again.
final class GapSearch {
  private static final long FIRST = FileHeader.PAGE_BYTES;

  private final FilesOnDisk found;
  private final JournalIdentity identity;
  private final List<LogStart> anchors;
  private final List<JournalFile> files;
  private final List<FileView> views = new ArrayList<>();
  private final List<Gap> gaps = new ArrayList<>();
  private final FrameCheck check = new FrameCheck();
  private long durableLsn;
  private int index;
  private long offset = FIRST;
  private long lsn;
  private int crc;

  /// Lost frames, those behind `after` up to `lastLost`.
  ///
  /// @param bridge where to put a bridge, a position
  /// @param frameBytes its size
  /// @param lostBytes what the lost frames took at most
  /// @param end the file where the log goes on; those between must begin with nothing
  /// @param nextCrc what the frame behind has as previous crc
  record Gap(
      LogStart after,
      long lastLost,
      long bridge,
      long frameBytes,
      long lostBytes,
      long end,
      int nextCrc) {
    long firstLost() {
      return after.lsn() + 1;
    }
  }

  /// @param found at least one file
  GapSearch(FilesOnDisk found, JournalIdentity identity, List<LogStart> anchors) {
    this.found = found;
    this.identity = identity;
    this.anchors = anchors;
    files = found.files();
    files.forEach(file -> views.add(FileView.ofReader(file)));
    durableLsn = Math.max(identity.durableLsn(), found.durableLsn());
    anchors.forEach(anchor -> durableLsn = Math.max(durableLsn, anchor.lsn()));
    lsn = identity.oldest().lsn();
    crc = identity.oldest().crc();
  }

  /// The gaps, in the order of the log.
  List<Gap> run() throws IOException {
    boolean more = true;
    while (more) {
      FileView view = views.get(index);
      if (expect(index, offset) == Verdict.VALID) {
        lsn = Bridge.lastLsn(view.segment(), offset);
        crc = Bridge.crc(view.segment(), offset);
        offset += FrameHeader.frameBytes(FrameHeader.length(view.segment(), offset));
      } else {
        more = goOnInNextFile() || passGap();
      }
    }
    return gaps;
  }

  private Verdict expect(int fileIndex, long at) throws IOException {
    return check.frame(views.get(fileIndex), at, lsn + 1, crc);
  }

  private boolean goOnInNextFile() throws IOException {
    int next = index + 1;
    while (next < files.size() && expect(next, FIRST) == Verdict.EMPTY) {
      next++;
    }
    if (next == files.size() || expect(next, FIRST) != Verdict.VALID) {
      return false;
    }
    index = next;
    offset = FIRST;
    return true;
  }

  /// Returns false at the end of the log.
  private boolean passGap() throws IOException {
    if (identity.clean() && lsn == identity.durableLsn()) {
      return false;
    }
    TailScan behind = new TailScan(lsn, null).scan(files, index, offset);
    durableLsn = Math.max(durableLsn, behind.durableLsn());
    if (durableLsn <= lsn) {
      if (mayHaveHeldMore(behind)) {
        endBehind(lsn + 1);
      }
      return false;
    }
    for (LogStart anchor : anchors) {
      boolean inside =
          anchor.lsn() > lsn && (behind.firstLsn() == 0 || anchor.lsn() < behind.firstLsn() - 1);
      if (inside && bridgeTo(anchor)) {
        return true;
      }
    }
    LogStart next = firstFrame(lsn + 1);
    while (next != null) {
      if (bridgeTo(next)) {
        return true;
      }
      next = firstFrame(next.lsn() + 1);
    }
    endBehind(Math.max(durableLsn, behind.lastLsn()));
    return false;
  }

  /// Whether the first page of a file from the end on is lost, and with it perhaps what told of
  /// frames. Nothing is missing if a file ends within it and holds nothing behind.
  private boolean mayHaveHeldMore(TailScan behind) {
    for (int i = index; i < files.size(); i++) {
      boolean endsInIt = i == index && offset > FIRST && !behind.anyByteInFirstFile();
      if (!found.pageHolds(i) && !endsInIt) {
        return true;
      }
    }
    return false;
  }

  /// The place before the first frame with an lsn above `after`; null if there is none.
  private @Nullable LogStart firstFrame(long after) throws IOException {
    LogStart[] first = new LogStart[1];
    FrameHandler handler =
        new FrameHandler() {
          @Override
          public void frame(Frame frame) {}

          @Override
          public void frameAfterDamage(Frame frame) {
            if (first[0] == null) {
              long at = JournalPosition.offset(frame.position());
              int previous = FrameHeader.previousCrc(frame.segment(), at);
              long sequence = JournalPosition.fileSequence(frame.position());
              first[0] = new LogStart(frame.lsn() - 1, previous, sequence, (int) at);
            }
          }
        };
    new TailScan(after, handler).scan(files, index, offset);
    return first[0];
  }

  /// Plans a bridge to a place; returns false if there is no room for one before it.
  private boolean bridgeTo(LogStart place) {
    int end = Math.toIntExact(place.sequence() - identity.firstSequence());
    long room = files.get(index).bytes() - offset;
    if (end < index || (end == index && place.offset() < offset + Bridge.BYTES_MIN)) {
      return false;
    }
    long lost = bytesTo(end, place.offset());
    if (end == index) {
      add(index, offset, place.offset() - offset, lost, place);
    } else if (place.offset() >= FIRST + Bridge.BYTES_MIN) {
      add(end, FIRST, place.offset() - FIRST, lost, place);
    } else if (place.offset() == FIRST && room >= Bridge.BYTES_MIN) {
      add(index, offset, Bridge.BYTES_MIN, lost, place);
    } else if (place.offset() == FIRST && end > index + 1) {
      add(index + 1, FIRST, Bridge.BYTES_MIN, lost, place);
    } else {
      return false;
    }
    index = end;
    offset = place.offset();
    lsn = place.lsn();
    crc = place.crc();
    return true;
  }

  /// Plans a bridge behind which the log ends; it may need a file that is not there.
  private void endBehind(long lastLost) {
    boolean fits = files.get(index).bytes() - offset >= Bridge.BYTES_MIN;
    LogStart place = new LogStart(lastLost, 0, identity.firstSequence() + index + 1, (int) FIRST);
    // What came behind may have been in a file that is not there.
    long lost = bytesTo(files.size() - 1, files.getLast().bytes()) + files.getLast().bytes();
    add(fits ? index : index + 1, fits ? offset : FIRST, Bridge.BYTES_MIN, lost, place);
  }

  /// Bytes from here to there.
  private long bytesTo(int end, long endOffset) {
    long bytes = endOffset - offset;
    for (int i = index; i < end; i++) {
      bytes += files.get(i).bytes();
    }
    return bytes;
  }

  private void add(int fileIndex, long at, long frameBytes, long lostBytes, LogStart place) {
    long first = identity.firstSequence();
    LogStart after = new LogStart(lsn, crc, first + index, (int) offset);
    long bridge = JournalPosition.of(first + fileIndex, at);
    gaps.add(
        new Gap(after, place.lsn(), bridge, frameBytes, lostBytes, place.sequence(), place.crc()));
  }
}
