package dev.topics.storage.journal;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/// One thread's view of a mapped journal file: the checksum needs a buffer with a position.
final class FileView {
  private final JournalFile file;
  private final ByteBuffer bytes;

  FileView(JournalFile file) {
    this.file = file;
    this.bytes = file.segment().asByteBuffer();
  }

  JournalFile file() {
    return file;
  }

  MemorySegment segment() {
    return file.segment();
  }

  long fileBytes() {
    return file.bytes();
  }

  /// The buffer, set to a range.
  ByteBuffer range(long offset, long endOffset) {
    return bytes.limit((int) endOffset).position((int) offset);
  }
}
