package dev.topics.storage.journal;

import dev.topics.storage.checkpoint.LogStart;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The files behind which the log went on: reading one from end to end, and letting go of the
/// oldest.
///
/// **Threading** any thread.
final class Retention {
  private final JournalFiles files;
  private final Spares spares;
  private final Flusher flusher;

  Retention(JournalFiles files, Spares spares, Flusher flusher) {
    this.files = files;
    this.spares = spares;
    this.flusher = flusher;
  }

  List<SealedFile> sealedFiles() {
    JournalFile[] all = files.all();
    List<SealedFile> sealed = new ArrayList<>();
    for (int i = 0; i < all.length - 1 && isDurable(all[i]); i++) {
      long firstLsn = all[i].startLsn() + 1;
      long lastLsn = Math.max(0, all[i + 1].startLsn());
      sealed.add(new SealedFile(all[i].sequence(), firstLsn, lastLsn, all[i].bytes()));
    }
    return sealed;
  }

  void replay(long sequence, FrameHandler handler) throws FrameDamagedException {
    JournalFile file = files.find(sequence);
    JournalFile next = files.find(sequence + 1);
    if (file == null || next == null) {
      if (files.isReleased(sequence)) {
        throw new FrameReleasedException(start(sequence));
      }
      throw new IllegalArgumentException("no sealed file " + sequence);
    }
    try {
      new SealedFileScan(file, next, handler).run();
    } catch (IllegalStateException e) {
      throw file.isReleased() ? new FrameReleasedException(start(sequence)) : e;
    }
  }

  @Nullable LogStart releasable(long sequence) {
    JournalFile[] all = files.all();
    LogStart best = null;
    for (int i = 1; i < all.length && all[i].sequence() <= sequence; i++) {
      if (!isDurable(all[i - 1])) {
        break;
      }
      best = all[i].startLsn() == JournalFile.UNKNOWN ? best : all[i].start();
    }
    return best;
  }

  void releaseBelow(long sequence) {
    for (JournalFile file : files.dropBelow(sequence)) {
      file.release();
      spares.released(file);
    }
  }

  private static long start(long sequence) {
    return JournalPosition.of(sequence, FileHeader.PAGE_BYTES);
  }

  private boolean isDurable(JournalFile file) {
    return file.sequence() < flusher.firstUnsyncedSequence();
  }
}
