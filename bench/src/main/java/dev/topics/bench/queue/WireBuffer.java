package dev.topics.bench.queue;

import java.nio.ByteBuffer;

/// Bytes that are put together for a request; as many as were asked for at first.
final class WireBuffer {
  private final byte[] bytes;
  private int size;

  WireBuffer(int capacity) {
    bytes = new byte[capacity];
  }

  void clear() {
    size = 0;
  }

  int size() {
    return size;
  }

  void put(byte value) {
    bytes[size++] = value;
  }

  void put(byte[] source, int from, int length) {
    System.arraycopy(source, from, bytes, size, length);
    size += length;
  }

  void put(WireBuffer other) {
    put(other.bytes, 0, other.size);
  }

  /// Puts what is in `source` from `from` up to the next `end`; returns where that is.
  int putUntil(byte end, byte[] source, int from) {
    int at = from;
    while (source[at] != end) {
      at++;
    }
    put(source, from, at - from);
    return at;
  }

  /// What was put, to be read.
  ByteBuffer bytes() {
    return ByteBuffer.wrap(bytes, 0, size);
  }
}
