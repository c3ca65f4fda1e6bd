package dev.topics.bench.engine;

import dev.topics.engine.model.RecordSink;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Copies what is read into memory outside the heap, as it would go to a socket.
public final class CopyingSink implements RecordSink {
  private final MemorySegment page;
  private long length;

  public CopyingSink(long bytes) {
    page = Arena.ofAuto().allocate(bytes);
  }

  public void clear() {
    length = 0;
  }

  @Override
  public void write(MemorySegment source, long offset, int bytes) {
    MemorySegment.copy(source, offset, page, length, bytes);
    length += bytes;
  }

  @Override
  public void write(byte[] source, int offset, int bytes) {
    MemorySegment.copy(source, offset, page, ValueLayout.JAVA_BYTE, length, bytes);
    length += bytes;
  }
}
