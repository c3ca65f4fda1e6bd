package dev.topics.storage.journal;

import dev.topics.storage.disk.DiskException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/// One thread's view of a mapped journal file: the checksum needs a buffer with a position.
final class FileView {
  /// Loaded at once for who reads on; each page costs time, whether or not it is in memory already.
  private static final long LOAD_AHEAD_BYTES = 128 << 10;

  /// Loaded at once for who comes from elsewhere: few frames are longer.
  private static final long LOAD_BYTES = 4 << 10;

  private final JournalFile file;
  private final MemorySegment segment;
  private final ByteBuffer bytes;
  private long loadedOffset;
  private long loadedEndOffset;

  private FileView(JournalFile file, MemorySegment segment) {
    this.file = file;
    this.segment = segment;
    this.bytes = segment.asByteBuffer();
  }

  static FileView ofReader(JournalFile file) {
    return new FileView(file, file.segment());
  }

  static FileView ofWriter(JournalFile file) {
    return new FileView(file, file.writable());
  }

  JournalFile file() {
    return file;
  }

  MemorySegment segment() {
    return segment;
  }

  long fileBytes() {
    return segment.byteSize();
  }

  /// Makes sure that a range can be read without a fault, and some of what follows.
  void load(long offset, long endOffset) throws IOException {
    if (offset < loadedOffset || endOffset > loadedEndOffset) {
      boolean readsOn = offset >= loadedOffset && offset <= loadedEndOffset + LOAD_AHEAD_BYTES;
      long wanted = offset + (readsOn ? LOAD_AHEAD_BYTES : LOAD_BYTES);
      loadedEndOffset = 0;
      loadedEndOffset = loadAhead(offset, endOffset, Math.clamp(wanted, endOffset, fileBytes()));
      loadedOffset = offset;
    }
  }

  /// Returns how far it came: what cannot be read but is not asked for does no harm.
  private long loadAhead(long offset, long endOffset, long aheadOffset) throws IOException {
    try {
      file.load(offset, aheadOffset);
      return aheadOffset;
    } catch (DiskException e) {
      file.load(offset, endOffset);
      return endOffset;
    }
  }

  /// The buffer, set to a range.
  ByteBuffer range(long offset, long endOffset) {
    return bytes.limit((int) endOffset).position((int) offset);
  }
}
