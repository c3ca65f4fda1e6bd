package dev.topics.storage.pack;

import dev.topics.storage.disk.DiskFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Appends to a file, in large writes, syncing now and then.
final class PackOutput implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 20;

  private final DiskFile file;
  private final long syncEveryBytes;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment buffer = arena.allocate(BUFFER_BYTES);
  private long flushed;
  private long synced;
  private int buffered;

  PackOutput(DiskFile file, long syncEveryBytes) {
    this.file = file;
    this.syncEveryBytes = syncEveryBytes;
  }

  /// Where the next byte goes.
  long position() {
    return flushed + buffered;
  }

  void append(MemorySegment bytes) throws IOException {
    long size = bytes.byteSize();
    if (size > BUFFER_BYTES - buffered) {
      flush();
    }
    if (size > BUFFER_BYTES) {
      file.writeFully(bytes, flushed);
      flushed += size;
      syncIfDue();
    } else {
      MemorySegment.copy(bytes, 0, buffer, buffered, size);
      buffered += (int) size;
    }
  }

  void flush() throws IOException {
    if (buffered > 0) {
      file.writeFully(buffer.asSlice(0, buffered), flushed);
      flushed += buffered;
      buffered = 0;
      syncIfDue();
    }
  }

  private void syncIfDue() throws IOException {
    if (flushed - synced >= syncEveryBytes) {
      file.sync();
      synced = flushed;
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
