package dev.topics.storage.journal;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The files that hold frames, in order, the one being written last.
///
/// **Threading** any thread; the lock `files`, its monitor, is held for moments while files are
/// added or dropped.
final class JournalFiles {
  private volatile JournalFile[] files;

  JournalFiles(List<JournalFile> recovered) {
    this.files = recovered.toArray(JournalFile[]::new);
  }

  synchronized void add(JournalFile file) {
    JournalFile[] before = files;
    assert before.length == 0 || before[before.length - 1].sequence() + 1 == file.sequence();
    JournalFile[] after = Arrays.copyOf(before, before.length + 1);
    after[before.length] = file;
    files = after;
  }

  /// Drops the files before `sequence`, but never the last one, and returns them.
  synchronized JournalFile[] dropBelow(long sequence) {
    JournalFile[] before = files;
    long below = Math.clamp(sequence - before[0].sequence(), 0, before.length - 1);
    files = Arrays.copyOfRange(before, (int) below, before.length);
    return Arrays.copyOf(before, (int) below);
  }

  /// The file with that sequence, if it is there.
  @Nullable JournalFile find(long sequence) {
    JournalFile[] snapshot = files;
    long index = sequence - snapshot[0].sequence();
    return index >= 0 && index < snapshot.length ? snapshot[(int) index] : null;
  }

  JournalFile get(long sequence) {
    return Objects.requireNonNull(find(sequence), "no file with that sequence");
  }

  /// Whether a file with that sequence is not part of the log any more.
  boolean isReleased(long sequence) {
    return sequence >= 1 && sequence < files[0].sequence();
  }

  JournalFile last() {
    JournalFile[] snapshot = files;
    return snapshot[snapshot.length - 1];
  }

  /// All files, oldest first. Not to be changed.
  JournalFile[] all() {
    return files;
  }

  void unmap() throws IOException {
    for (JournalFile file : files) {
      file.letGo();
      file.unmap();
    }
  }
}
