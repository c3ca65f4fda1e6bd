package dev.topics.storage.journal;

import dev.topics.storage.disk.DiskException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// One thread's view of a mapped journal file: the checksum needs a buffer with a position.
final class FileView {
  /// Loaded at once for who reads on; each page costs time, whether or not it is in memory already.
  private static final long LOAD_AHEAD_BYTES = 128 << 10;

  /// Loaded at once for who comes from elsewhere: few frames are longer.
  private static final long LOAD_BYTES = 4 << 10;

  private final JournalFile file;
  private final MemorySegment segment;
  private final ByteBuffer bytes;
  private final @Nullable LoadedBlocks lately;
  private long loadedOffset;
  private long loadedEndOffset;

  private FileView(JournalFile file, MemorySegment segment, @Nullable LoadedBlocks lately) {
    this.file = file;
    this.segment = segment;
    this.bytes = segment.asByteBuffer();
    this.lately = lately;
  }

  static FileView ofReader(JournalFile file) {
    return new FileView(file, file.segment(), null);
  }

  /// For who reads most of the file within seconds, in any order.
  static FileView ofSweep(JournalFile file, LongSupplier nanoClock) {
    return new FileView(file, file.segment(), new LoadedBlocks(nanoClock));
  }

  static FileView ofWriter(JournalFile file) {
    return new FileView(file, file.writable(), null);
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

  /// Makes sure that a range can be read without a fault, and some of what lies around it.
  void load(long offset, long endOffset) throws IOException {
    LoadedBlocks blocks = lately;
    if (blocks != null) {
      long start = LoadedBlocks.start(offset);
      long end = Math.min(LoadedBlocks.end(endOffset), fileBytes());
      if (!blocks.hold(start, end) && load(offset, endOffset, start, end)) {
        blocks.add(start, end);
      }
    } else if (offset < loadedOffset || endOffset > loadedEndOffset) {
      boolean readsOn = offset >= loadedOffset && offset <= loadedEndOffset + LOAD_AHEAD_BYTES;
      long wanted = offset + (readsOn ? LOAD_AHEAD_BYTES : LOAD_BYTES);
      long end = Math.clamp(wanted, endOffset, fileBytes());
      loadedEndOffset = 0;
      loadedEndOffset = load(offset, endOffset, offset, end) ? end : endOffset;
      loadedOffset = offset;
    }
  }

  /// Loads a range, and more from `aroundOffset` on; returns whether that could be read: what is
  /// not asked for does no harm.
  private boolean load(long offset, long endOffset, long aroundOffset, long aroundEndOffset)
      throws IOException {
    try {
      file.load(aroundOffset, aroundEndOffset);
      return true;
    } catch (DiskException e) {
      file.load(offset, endOffset);
      return false;
    }
  }

  /// The buffer, set to a range.
  ByteBuffer range(long offset, long endOffset) {
    return bytes.limit((int) endOffset).position((int) offset);
  }
}
