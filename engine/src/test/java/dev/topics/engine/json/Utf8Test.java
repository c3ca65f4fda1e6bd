package dev.topics.engine.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class Utf8Test {
  private final CharsetDecoder decoder = UTF_8.newDecoder();
  private final CharBuffer chars = CharBuffer.allocate(2);

  @Test
  void everyCodePointIsWrittenAsTheJdkWritesIt() {
    byte[] written = new byte[Utf8.BYTES_MAX];
    for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
      if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
        continue;
      }
      byte[] expected = Character.toString(codePoint).getBytes(UTF_8);
      int end = Utf8.write(codePoint, written, 0);
      boolean same = end == expected.length && end == Utf8.bytes(codePoint);
      for (int i = 0; same && i < end; i++) {
        same = written[i] == expected[i];
      }
      assertThat(same).as("U+%04X", codePoint).isTrue();
      assertThat(codePoint < 0x80 || Utf8.sequenceEnd(written, 0, end) == end).isTrue();
    }
  }

  @Test
  void everySequenceOfUpToThreeBytesIsJudgedAsTheJdkJudgesIt() {
    byte[] bytes = new byte[3];
    for (int value = 0x80_0000; value <= 0xFF_FFFF; value++) {
      bytes[0] = (byte) (value >> 16);
      bytes[1] = (byte) (value >> 8);
      bytes[2] = (byte) value;
      // Of the third byte only the boundaries of its four quarters are tried.
      if ((value & 0x3F) == 0 || (value & 0x3F) == 0x3F) {
        assertJudgedAsTheJdk(bytes);
      }
    }
  }

  @Test
  void everySequenceOfFourBytesIsJudgedAsTheJdkJudgesIt() {
    byte[] bytes = new byte[4];
    byte[] rest = {0, 'a', 0x7F, (byte) 0x80, (byte) 0xBF, (byte) 0xC0, (byte) 0xFF};
    for (int lead = 0xE0; lead <= 0xFF; lead++) {
      for (int second = 0; second <= 0xFF; second++) {
        for (byte third : rest) {
          for (byte fourth : rest) {
            bytes[0] = (byte) lead;
            bytes[1] = (byte) second;
            bytes[2] = third;
            bytes[3] = fourth;
            assertJudgedAsTheJdk(bytes);
          }
        }
      }
    }
  }

  private void assertJudgedAsTheJdk(byte[] bytes) {
    assertJudgedAtEachEnd(bytes);
    for (byte behind : new byte[] {'a', (byte) 0x80, (byte) 0xE0}) {
      byte[] longer = Arrays.copyOf(bytes, bytes.length + 2);
      Arrays.fill(longer, bytes.length, longer.length, behind);
      assertJudgedAtEachEnd(longer);
    }
  }

  private void assertJudgedAtEachEnd(byte[] bytes) {
    for (int end = 1; end <= bytes.length; end++) {
      int expected = jdkSequenceEnd(bytes, end);
      if (Utf8.sequenceEnd(bytes, 0, end) != expected) {
        assertThat(Utf8.sequenceEnd(bytes, 0, end))
            .as("%s to %d", hex(bytes), end)
            .isEqualTo(expected);
      }
    }
  }

  /// The end of the first code point in `bytes[0, end)`, or -1 if it is malformed or cut.
  private int jdkSequenceEnd(byte[] bytes, int end) {
    ByteBuffer in = ByteBuffer.wrap(bytes, 0, end);
    for (int length = 2; length <= end; length++) {
      in.position(0).limit(length);
      chars.clear();
      decoder.reset();
      CoderResult result = decoder.decode(in, chars, true);
      if (result.isError()) {
        continue;
      }
      return in.position() == length && isOneCodePoint() ? length : -1;
    }
    return -1;
  }

  private boolean isOneCodePoint() {
    return chars.position() == 1
        || (chars.position() == 2 && Character.isSurrogatePair(chars.get(0), chars.get(1)));
  }

  private static String hex(byte[] bytes) {
    return HexFormat.ofDelimiter(" ").formatHex(bytes);
  }
}
