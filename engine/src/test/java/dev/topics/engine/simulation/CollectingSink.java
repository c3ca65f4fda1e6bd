package dev.topics.engine.simulation;

import dev.topics.engine.model.RecordSink;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/// Keeps what a read delivers.
public final class CollectingSink implements RecordSink {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  @Override
  public void write(MemorySegment source, long offset, int length) {
    byte[] copy = source.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
    bytes.write(copy, 0, length);
  }

  @Override
  public void write(byte[] source, int offset, int length) {
    bytes.write(source, offset, length);
  }

  public String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
