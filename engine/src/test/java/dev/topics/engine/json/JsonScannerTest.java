package dev.topics.engine.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonScannerTest {
  private static final String RICH =
      "{\"a\":[1,-2.5e+3,true,false,null,\"x\\u00e9\\n\"],"
          + "\"ключ\":{\"b\":[],\"c\":{}},\"d\":\"😀\"}";

  private final JsonScanner scanner = new JsonScanner();

  @Test
  void everyCutOfAValidTextIsRefused() {
    byte[] rich = RICH.getBytes(UTF_8);
    assertThat(ScannerUnderTest.accepts(rich, 0, rich.length)).isTrue();
    for (int end = 0; end < rich.length; end++) {
      assertThat(ScannerUnderTest.accepts(rich, 0, end)).as("cut at %d", end).isFalse();
    }
  }

  @Test
  void everyReplacedByteIsJudgedAsJacksonJudgesIt() {
    byte[] rich = RICH.getBytes(UTF_8);
    for (int at = 0; at < rich.length; at++) {
      byte original = rich[at];
      for (int value = 0; value < 0x100; value++) {
        rich[at] = (byte) value;
        boolean expected = JacksonOracle.accepts(rich, 0, rich.length);
        assertThat(ScannerUnderTest.accepts(rich, 0, rich.length))
            .as("byte %d = %02X", at, value)
            .isEqualTo(expected);
      }
      rich[at] = original;
    }
  }

  @Test
  void everyControlCharacterIsRefusedAtEveryPlaceOfAString() {
    for (int length = 1; length <= 20; length++) {
      for (int at = 0; at < length; at++) {
        for (int control = 0; control < ' '; control++) {
          byte[] string = ("\"" + "x".repeat(length) + "\"").getBytes(UTF_8);
          string[1 + at] = (byte) control;
          assertThat(ScannerUnderTest.accepts(string, 0, string.length)).isFalse();
        }
      }
    }
  }

  @Test
  void everyLetterBehindABackslashIsJudgedAsJacksonJudgesIt() {
    for (int letter = 0; letter < 0x100; letter++) {
      byte[] string = {'"', '\\', (byte) letter, '0', '0', 'e', '9', '"'};
      assertThat(ScannerUnderTest.accepts(string, 0, string.length))
          .as("%02X", letter)
          .isEqualTo(JacksonOracle.accepts(string, 0, string.length));
    }
  }

  @Test
  void anErrorSaysWhatWasExpectedWhereAndWhatWasFound() {
    assertFails("{\"a\":1 x}", "expected ',' or '}' at byte 7, found 'x'", 7);
    assertFails("[1 2]", "expected ',' or ']' at byte 3, found '2'", 3);
    assertFails("[1,]", "expected a value at byte 3, found ']'", 3);
    assertFails("{a:1}", "expected a key in double quotes at byte 1, found 'a'", 1);
    assertFails("{\"a\" 1}", "expected ':' at byte 5, found '1'", 5);
    assertFails("[tru]", "expected true, false or null at byte 1, found 't'", 1);
    assertFails("1 1", "expected the end at byte 2, found '1'", 2);
    assertFails("-x", "expected a digit at byte 1, found 'x'", 1);
    assertFails("[", "expected a value at byte 1, found the end", 1);
    assertFails("\"ab", "expected '\"' to end the string at byte 3, found the end", 3);
    assertFails(
        "\"\t\"",
        "expected an escape in place of a control character at byte 1, found byte 0x09",
        1);
    assertFails("\"\\x\"", "expected one of \" \\ / b f n r t u after \\ at byte 2, found 'x'", 2);
    assertFails(
        "\"\\u00g0\"", "expected four hexadecimal digits after \\u at byte 5, found 'g'", 5);
    assertFails("[".repeat(200), "nested deeper than 128 at byte 128", 128);
    assertFails("\uFEFF1", "expected a value at byte 0, found byte 0xEF", 0);
  }

  @Test
  void offsetsInErrorsCountFromTheStartOfTheRange() {
    byte[] source = "xxxx[1,]".getBytes(UTF_8);
    scanner.reset(source, 4, source.length);
    assertThatThrownBy(scanner::skipValue)
        .isInstanceOfSatisfying(JsonException.class, e -> assertThat(e.offset()).isEqualTo(3));
  }

  @Test
  void anErrorCarriesNoStackTrace() {
    read("x");
    assertThatThrownBy(scanner::skipValue).satisfies(e -> assertThat(e.getStackTrace()).isEmpty());
  }

  @Test
  void theScannerIsGoodAgainAfterAnErrorAndAReset() {
    read("[");
    assertThatThrownBy(scanner::skipValue).isInstanceOf(JsonException.class);
    read("[1]");
    scanner.skipValue();
    scanner.expectEnd();
  }

  @Test
  void whitespaceIsCountedOutsideOfStringsOnly() {
    read(" { \"a b\" : [ 1 , \" \" ] } ");
    scanner.skipWhitespace();
    assertThat(scanner.whitespace()).isEqualTo(1);
    int start = scanner.position();
    scanner.skipValue();
    assertThat(scanner.position() - start).isEqualTo(23);
    assertThat(scanner.whitespace()).isEqualTo(1 + 8);
    scanner.expectEnd();
    assertThat(scanner.whitespace()).isEqualTo(1 + 8 + 1);
  }

  @Test
  void aCompactValueHasNoWhitespaceToCount() {
    read("{\"a b\":[1,\" \"]}");
    scanner.skipValue();
    assertThat(scanner.whitespace()).isZero();
  }

  @Test
  void anObjectCanBeReadMemberByMember() {
    read("{ \"a\" : 1 , \"b\\n\" : [ true , null ] }");
    assertThat(scanner.enterObject()).isTrue();
    scanner.readKey();
    assertThat(scanner.keyText()).isEqualTo("a");
    assertThat(scanner.stringEscaped()).isFalse();
    assertThat(scanner.readNumber(10)).isEqualTo(1);
    assertThat(scanner.nextMember()).isTrue();
    scanner.readKey();
    assertThat(scanner.keyText()).isEqualTo("b\n");
    assertThat(scanner.stringEscaped()).isTrue();
    assertThat(scanner.enterArray()).isTrue();
    assertThat(scanner.peek()).isEqualTo('t');
    assertThat(scanner.readBoolean()).isTrue();
    assertThat(scanner.nextElement()).isTrue();
    scanner.readNull();
    assertThat(scanner.nextElement()).isFalse();
    assertThat(scanner.nextMember()).isFalse();
    scanner.expectEnd();
    assertThat(scanner.peek()).isEqualTo(-1);
  }

  @Test
  void emptyContainersAreEnteredAndLeftAtOnce() {
    read("[{ }, [ ]]");
    assertThat(scanner.enterArray()).isTrue();
    assertThat(scanner.enterObject()).isFalse();
    assertThat(scanner.nextElement()).isTrue();
    assertThat(scanner.enterArray()).isFalse();
    assertThat(scanner.nextElement()).isFalse();
    scanner.expectEnd();
  }

  @Test
  void aTrailingCommaIsNotAMember() {
    read("{\"a\":1,}");
    scanner.enterObject();
    scanner.readKey();
    scanner.skipValue();
    assertThat(scanner.nextMember()).isTrue();
    assertMessage(scanner::readKey, "expected a key in double quotes at byte 7, found '}'");
  }

  @Test
  void aStringTellsItsContent() {
    read("\"añ\\n\"");
    scanner.readString();
    assertThat(scanner.stringStart()).isEqualTo(1);
    assertThat(scanner.stringEnd()).isEqualTo(6);
    assertThat(scanner.stringEscaped()).isTrue();
    assertThat(scanner.stringAscii()).isFalse();
    assertThat(scanner.stringBytes()).isEqualTo(4);
    assertThat(scanner.stringText()).isEqualTo("añ\n");
  }

  @Test
  void aStringForgetsWhatThePreviousOneWas() {
    read("[\"ñ\\n\",\"plain\"]");
    scanner.enterArray();
    scanner.readString();
    scanner.nextElement();
    scanner.readString();
    assertThat(scanner.stringEscaped()).isFalse();
    assertThat(scanner.stringAscii()).isTrue();
    assertThat(scanner.stringText()).isEqualTo("plain");
  }

  @Test
  void aLoneSurrogateIsSkippedButNotDecoded() {
    read("[\"\\ud83d\",\"\\ud83d\"]");
    scanner.enterArray();
    scanner.skipValue();
    scanner.nextElement();
    scanner.readString();
    assertMessage(
        scanner::stringText,
        "an escaped surrogate without its other half in the string at byte 10");
  }

  @Test
  void numbersAreReadUpToTheirMaximum() {
    assertThat(number("0", 0)).isZero();
    assertThat(number("255", 255)).isEqualTo(255);
    assertThat(number("9223372036854775807", Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
    assertThat(number("4294967295", 0xFFFF_FFFFL)).isEqualTo(0xFFFF_FFFFL);
  }

  @ParameterizedTest
  @ValueSource(strings = {"256", "260", "1000", "99999999999999999999999", "9223372036854775808"})
  void numbersBeyondTheMaximumAreRefused(String text) {
    assertMessage(() -> number(text, 255), "expected a number of at most 255 at byte 0");
  }

  @Test
  void numbersBeyondALongAreRefused() {
    assertThatThrownBy(() -> number("9223372036854775808", Long.MAX_VALUE))
        .isInstanceOf(JsonException.class);
    assertThatThrownBy(() -> number("18446744073709551616", Long.MAX_VALUE))
        .isInstanceOf(JsonException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "-0", "1.0", "1e3", "1E0", "0.5", "-9223372036854775808"})
  void whatIsNotAWholeNumberIsRefused(String text) {
    assertMessage(
        () -> number(text, 255),
        "expected a whole number, not negative and without exponent, at byte 0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"1\"", "true", "null", "[]", "", "x"})
  void whatIsNoNumberIsNotReadAsOne(String text) {
    assertThatThrownBy(() -> number(text, 255)).isInstanceOf(JsonException.class);
  }

  @Test
  void booleansAndNullAreReadOnlyFromThemselves() {
    read("false");
    assertThat(scanner.readBoolean()).isFalse();
    read("null");
    assertMessage(scanner::readBoolean, "expected true or false at byte 0, found 'n'");
    read("true");
    assertMessage(scanner::readNull, "expected null at byte 0, found 't'");
    read("nul");
    assertThatThrownBy(scanner::readNull).isInstanceOf(JsonException.class);
  }

  @Test
  void aSkippedValueIsNamedByItsKind() {
    read("[{}, [], \"\", true, false, null, -1]");
    List<String> kinds = new ArrayList<>();
    for (boolean more = scanner.enterArray(); more; more = scanner.nextElement()) {
      kinds.add(scanner.skipValueOfSomeKind());
    }
    assertThat(kinds)
        .containsExactly(
            "an object", "an array", "a string", "a boolean", "a boolean", "null", "a number");
  }

  @Test
  void depthCountsFromTheValueThatIsSkipped() {
    read("[".repeat(100) + "[".repeat(128) + "]".repeat(228));
    for (int i = 0; i < 100; i++) {
      assertThat(scanner.enterArray()).isTrue();
    }
    scanner.skipValue();
  }

  private void assertFails(String text, String message, int offset) {
    read(text);
    assertThatThrownBy(
            () -> {
              scanner.skipValue();
              scanner.expectEnd();
            })
        .isInstanceOfSatisfying(
            JsonException.class,
            e -> {
              assertThat(e).hasMessage(message);
              assertThat(e.offset()).isEqualTo(offset);
            });
  }

  private static void assertMessage(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(JsonException.class).hasMessage(message);
  }

  private long number(String text, long max) {
    read(text);
    return scanner.readNumber(max);
  }

  private void read(String text) {
    byte[] source = text.getBytes(UTF_8);
    scanner.reset(source, 0, source.length);
  }
}
