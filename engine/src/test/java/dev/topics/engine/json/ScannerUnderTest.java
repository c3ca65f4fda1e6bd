package dev.topics.engine.json;

import java.util.Arrays;

/// The scanner in the ways that several tests use it.
final class ScannerUnderTest {
  private ScannerUnderTest() {}

  /// Is the range exactly one value?
  static boolean accepts(byte[] source, int start, int end) {
    return accepts(new JsonScanner(), source, start, end);
  }

  static boolean accepts(JsonScanner scanner, byte[] source, int start, int end) {
    try {
      scanner.reset(source, start, end);
      scanner.skipWhitespace();
      scanner.skipValue();
      scanner.expectEnd();
      return true;
    } catch (JsonException e) {
      if (e.offset() < 0 || e.offset() > end - start) {
        throw new AssertionError("an offset outside of the input: " + e.offset(), e);
      }
      return false;
    }
  }

  /// The compacted form has the same tokens, the size that the scanner foretold, and is final.
  static void assertCompactsWell(byte[] valid) {
    JsonScanner scanner = new JsonScanner();
    scanner.reset(valid, 0, valid.length);
    scanner.skipWhitespace();
    scanner.skipValue();
    scanner.expectEnd();
    byte[] target = new byte[valid.length];
    int compact = JsonText.compact(valid, 0, valid.length, target, 0);
    require(compact == valid.length - scanner.whitespace(), "its size is not what was foretold");
    require(JacksonOracle.sameTokens(valid, valid.length, target, compact), "its tokens differ");
    require(accepts(target, 0, compact), "it is not valid");
    byte[] again = new byte[compact];
    int twice = JsonText.compact(target, 0, compact, again, 0);
    require(
        twice == compact && Arrays.equals(again, 0, twice, target, 0, compact), "it is not final");
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError("compaction: " + otherwise);
    }
  }
}
