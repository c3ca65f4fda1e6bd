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
    int lead = source[at] & 0xFF;
    if (lead < 0xE0) {
      return lead >= 0xC2 && continues(source, at + 1, end) ? at + 2 : -1;
    }
    if (lead < 0xF0) {
      return secondOfThree(source, at, end, lead) && continues(source, at + 2, end) ? at + 3 : -1;
    }
    return secondOfFour(source, at, end, lead)
            && continues(source, at + 2, end)
            && continues(source, at + 3, end)
        ? at + 4
        : -1;
  }

  private static boolean secondOfThree(byte[] source, int at, int end, int lead) {
    if (!continues(source, at + 1, end)) {
      return false;
    }
    int second = source[at + 1] & 0xFF;
    return switch (lead) {
      case 0xE0 -> second >= 0xA0;
      case 0xED -> second < 0xA0;
      default -> true;
    };
  }

  private static boolean secondOfFour(byte[] source, int at, int end, int lead) {
    if (lead > 0xF4 || !continues(source, at + 1, end)) {
      return false;
    }
    int second = source[at + 1] & 0xFF;
    return switch (lead) {
      case 0xF0 -> second >= 0x90;
      case 0xF4 -> second < 0x90;
      default -> true;
    };
  }

  private static boolean continues(byte[] source, int at, int end) {
    return at < end && (source[at] & 0xC0) == 0x80;
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
