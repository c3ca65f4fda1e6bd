package dev.topics.engine.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

class SwarTest {
  @Test
  void stringStopsAreQuotesBackslashesControlsAndBytesBeyondAscii() {
    assertFinds(Swar::stringStops, b -> b == '"' || b == '\\' || b < 0x20 || b > 0x7F, "a !#~");
  }

  @Test
  void quotesAndBackslashesAreFoundAmongAnyBytes() {
    assertFinds(Swar::quotesAndBackslashes, b -> b == '"' || b == '\\', "a !#[]\0é");
  }

  @Test
  void nonDigitsAreAllButTenBytes() {
    assertFinds(Swar::nonDigits, b -> b < '0' || b > '9', "0189");
  }

  @Test
  void aHalfWordIsItsFourAsciiCharacters() {
    byte[] source = {'x', 't', 'r', 'u', 'e', 'x'};
    assertThat(Swar.halfWord(source, 1)).isEqualTo(Swar.halfWord("true"));
  }

  /// Every byte value at every place, behind bytes that are not looked for and before any others.
  private static void assertFinds(LongUnaryOperator search, IntPredicate looked, String others) {
    byte[] source = new byte[Swar.WORD_BYTES];
    for (int value = 0; value < 0x100; value++) {
      for (int at = 0; at < source.length; at++) {
        for (int behind : new int[] {0, '"', '0', 'a', 0x7F, 0x80, 0xFF}) {
          for (int other = 0; other < others.length(); other++) {
            Arrays.fill(source, 0, at, (byte) others.charAt(other));
            source[at] = (byte) value;
            Arrays.fill(source, at + 1, source.length, (byte) behind);
            int expected = looked.test(value) ? at : at + 1;
            boolean any = expected == at || (at < 7 && looked.test(behind));
            long found = search.applyAsLong(Swar.word(source, 0));
            assertThat(found != 0).isEqualTo(any);
            if (found != 0) {
              assertThat(Swar.index(found)).isEqualTo(expected);
            }
          }
        }
      }
    }
  }
}
