package dev.topics.engine.json;

/// The multi-byte sequences of UTF-8, checked to the letter of RFC 3629.
///
/// Overlong forms, encoded surrogates, values above U+10FFFF and cut sequences are all errors.
final class Utf8 {
  /// Most bytes of one code point.
  static final int BYTES_MAX = 4;

  private Utf8() {}

  /// The end of the sequence that starts at `at` with a byte above 0x7F, or -1 if it is malformed.
  static int sequenceEnd(byte[] source, int at, int end) {
    // The first byte is the lowest. One mask tells lead and continuation bytes; what is overlong,
    // a surrogate or out of range shows in the low bits of the lead with the high bits behind it.
    int word = end - at >= Integer.BYTES ? Swar.halfWord(source, at) : rest(source, at, end);
    if ((word & 0xC0_E0) == 0x80_C0) {
      return (word & 0x1E) != 0 ? at + 2 : -1;
    }
    if ((word & 0xC0_C0_F0) == 0x80_80_E0) {
      int bits = word & 0x20_0F;
      return bits != 0 && bits != 0x20_0D ? at + 3 : -1;
    }
    if ((word & 0xC0_C0_C0_F8) == 0x80_80_80_F0) {
      int bits = word & 0x30_07;
      return bits != 0 && ((bits & 7) < 4 || bits == 4) ? at + 4 : -1;
    }
    return -1;
  }

  /// Fewer than four bytes as [Swar#halfWord] reads them, filled up with zeros.
  private static int rest(byte[] source, int at, int end) {
    int word = 0;
    for (int p = end - 1; p >= at; p--) {
      word = (word << 8) | (source[p] & 0xFF);
    }
    return word;
  }

  /// Writes one code point that is not a surrogate; returns the end.
  static int write(int codePoint, byte[] target, int at) {
    int bytes = bytes(codePoint);
    switch (bytes) {
      case 1 -> target[at] = (byte) codePoint;
      case 2 -> target[at] = (byte) (0xC0 | (codePoint >> 6));
      case 3 -> target[at] = (byte) (0xE0 | (codePoint >> 12));
      default -> target[at] = (byte) (0xF0 | (codePoint >> 18));
    }
    int rest = codePoint;
    for (int p = at + bytes - 1; p > at; p--) {
      target[p] = (byte) (0x80 | (rest & 0x3F));
      rest >>= 6;
    }
    return at + bytes;
  }

  static int bytes(int codePoint) {
    if (codePoint < 0x80) {
      return 1;
    }
    if (codePoint < 0x800) {
      return 2;
    }
    return codePoint < 0x1_0000 ? 3 : 4;
  }
}
