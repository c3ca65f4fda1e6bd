package dev.topics.storage.journal;

import java.io.IOException;

/// Reads one file behind which the log went on, from its first frame to its last.
final class SealedFileScan {
  private final FileView view;
  private final JournalFile file;
  private final JournalFile next;
  private final FrameHandler handler;
  private final FrameCheck check = new FrameCheck();
  private final Frame frame = new Frame();

  /// @param next the file after it, which tells how far this one goes
  SealedFileScan(JournalFile file, JournalFile next, FrameHandler handler) {
    this.file = file;
    this.next = next;
    this.handler = handler;
    this.view = FileView.ofReader(file);
  }

  void run() throws FrameDamagedException {
    long offset = FileHeader.PAGE_BYTES;
    long lsn = file.startLsn();
    int crc = lsn == JournalFile.UNKNOWN ? 0 : file.start().crc();
    long lastLsn = next.startLsn();
    if (lsn == JournalFile.UNKNOWN || lastLsn == JournalFile.UNKNOWN) {
      throw damaged(offset, "a first frame is damaged, what the file holds is not known");
    }
    while (lsn < lastLsn) {
      Verdict verdict = check(offset, lsn + 1, crc);
      if (verdict != Verdict.VALID) {
        throw damaged(offset, "expected frame %d, found %s".formatted(lsn + 1, verdict));
      }
      frame.wrap(view.segment(), JournalPosition.of(file.sequence(), offset));
      handler.frame(frame);
      lsn = Bridge.lastLsn(view.segment(), offset);
      crc = Bridge.crc(view.segment(), offset);
      offset += FrameHeader.frameBytes(frame.payloadBytes());
    }
  }

  private Verdict check(long offset, long lsn, int crc) throws FrameDamagedException {
    try {
      return check.frame(view, offset, lsn, crc);
    } catch (IOException e) {
      if (file.isReleased()) {
        throw new FrameReleasedException(JournalPosition.of(file.sequence(), offset));
      }
      throw damaged(offset, String.valueOf(e.getMessage()));
    }
  }

  private FrameDamagedException damaged(long offset, String what) {
    return new FrameDamagedException(
        JournalPosition.of(file.sequence(), offset), file.name(), offset, FrameHeader.BYTES, what);
  }
}
