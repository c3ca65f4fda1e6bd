package dev.topics.storage.journal;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The files that hold frames, in order, the one being written last.
///
/// **Threading** [#add] by the writer; the rest from any thread.
final class JournalFiles {
  private volatile JournalFile[] files;

  JournalFiles(List<JournalFile> recovered) {
    this.files = recovered.toArray(JournalFile[]::new);
  }

  void add(JournalFile file) {
    JournalFile[] before = files;
    assert before.length == 0 || before[before.length - 1].sequence() + 1 == file.sequence();
    JournalFile[] after = Arrays.copyOf(before, before.length + 1);
    after[before.length] = file;
    files = after;
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

  JournalFile last() {
    JournalFile[] snapshot = files;
    return snapshot[snapshot.length - 1];
  }

  void unmap() throws IOException {
    for (JournalFile file : files) {
      file.letGo();
      file.unmap();
    }
  }
}
