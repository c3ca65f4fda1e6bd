package dev.topics.bench.load;

import java.nio.ByteBuffer;

/// A decimal number in a field of a prepared request.
final class Digits {
  private Digits() {}

  /// Writes `value` right-aligned into the `width` bytes before `end`, `pad` in front of it.
  static void put(ByteBuffer target, int end, int width, long value, char pad) {
    int at = end;
    long rest = value;
    do {
      target.put(--at, (byte) ('0' + rest % 10));
      rest /= 10;
    } while (rest > 0);
    while (at > end - width) {
      target.put(--at, (byte) pad);
    }
  }
}
