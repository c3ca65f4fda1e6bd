package dev.topics.engine.model;

import java.lang.foreign.MemorySegment;

/// Takes the JSON of records as it is read: objects, joined by commas.
public interface RecordSink {
  /// Appends `length` bytes of `source` from `offset` on. The bytes are valid during the call.
  void write(MemorySegment source, long offset, int length);

  /// Appends `length` bytes of `source` from `offset` on.
  void write(byte[] source, int offset, int length);
}
