package dev.topics.engine.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Looks at eight bytes of an array at once, as the bytes of a `long`.
///
/// The searches return a word whose lowest set bit is the top bit of the first byte that was looked
/// for ([#index] turns it into 0..7), or 0 when there is none. Bits above the lowest may be wrong:
/// a subtraction borrows from the bytes after a hit, never from those before it.
final class Swar {
  static final int WORD_BYTES = Long.BYTES;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long TOP_BITS = ONES << 7;

  private Swar() {}

  static long word(byte[] source, int at) {
    return (long) LONGS.get(source, at);
  }

  static int halfWord(byte[] source, int at) {
    return (int) INTS.get(source, at);
  }

  /// The four bytes of an ASCII word as [#halfWord] reads them.
  static int halfWord(String ascii) {
    assert ascii.length() == Integer.BYTES;
    int word = 0;
    for (int i = 0; i < Integer.BYTES; i++) {
      word |= ascii.charAt(i) << (8 * i);
    }
    return word;
  }

  /// Where a string cannot simply go on: `"`, `\`, a control character, or a byte above 0x7F.
  static long stringStops(long word) {
    // xor 2 maps the quote (0x22) to 0x20 and permutes the controls among themselves, so that
    // one comparison with 0x21 finds both.
    long quoteOrControl = (word ^ 0x02 * ONES) - 0x21 * ONES;
    long backslash = (word ^ '\\' * ONES) - ONES;
    return (quoteOrControl | backslash | word) & TOP_BITS;
  }

  /// What may end a string that is known to be valid: `"`, `\`.
  static long quotesAndBackslashes(long word) {
    long quote = word ^ ('"' * ONES);
    long backslash = word ^ ('\\' * ONES);
    return (((quote - ONES) & ~quote) | ((backslash - ONES) & ~backslash)) & TOP_BITS;
  }

  /// Bytes that are not an ASCII digit.
  static long nonDigits(long word) {
    long digits = word ^ '0' * ONES;
    return (((digits & ~TOP_BITS) + (0x80 - 10) * ONES) | digits) & TOP_BITS;
  }

  /// The position, 0..7, of the first byte in a non-zero answer of a search.
  static int index(long found) {
    return Long.numberOfTrailingZeros(found) >>> 3;
  }
}
