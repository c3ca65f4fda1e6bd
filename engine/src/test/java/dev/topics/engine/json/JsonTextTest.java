package dev.topics.engine.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTextTest {
  @Test
  void onlyWhatMustBeEscapedIsEscaped() {
    assertQuoted("plain / é€😀 \u007F\u0085\u2028", "plain / é€😀 \u007F\u0085\u2028");
    assertQuoted("\"\\", "\\\"\\\\");
    assertQuoted("\b\f\n\r\t", "\\b\\f\\n\\r\\t");
    assertQuoted("\0\u000B\u001F", "\\u0000\\u000b\\u001f");
    assertQuoted("", "");
  }

  @Test
  void everyCodePointSurvivesQuotingAndUnescaping() {
    byte[] literal = new byte[16];
    byte[] back = new byte[16];
    for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
      if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
        continue;
      }
      String text = Character.toString(codePoint);
      int end = JsonText.quote(text, literal, 0);
      int backEnd = JsonText.unescape(literal, 1, end - 1, back, 0);
      if (!new String(back, 0, backEnd, UTF_8).equals(text)) {
        assertThat(new String(back, 0, backEnd, UTF_8)).as("U+%04X", codePoint).isEqualTo(text);
      }
    }
  }

  @Test
  void halfASurrogatePairInAStringStaysAnEscape() {
    byte[] target = new byte[32];
    String text = "a\ud83db\ude00\ud83d\ude00";
    int end = JsonText.quote(text, target, 0);
    assertThat(end).isEqualTo(JsonText.quotedBytes(text));
    assertThat(new String(target, 0, end, UTF_8)).isEqualTo("\"a\\ud83db\\ude00😀\"");
  }

  @ParameterizedTest
  @CsvSource({
    "plain, plain",
    "é€😀, é€😀",
    "\\u00e9\\u20ac, é€",
    "\\ud83d\\ude00, 😀",
    "\\uD83D\\uDE00, 😀",
    "a\\/b, a/b",
    "\\\\n, \\n",
    "\\\\u0041, \\u0041",
    "\\u0041\\u005a, AZ",
    "\\\"x\\\", \"x\"",
  })
  void contentOfLiteralsIsDecoded(String content, String text) {
    byte[] source = content.getBytes(UTF_8);
    byte[] target = new byte[source.length];
    int bytes = JsonText.unescapedBytes(source, 0, source.length);
    int end = JsonText.unescape(source, 0, source.length, target, 0);
    assertThat(new String(target, 0, end, UTF_8)).isEqualTo(text);
    assertThat(end).isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource({"\\ud83d", "\\ude00", "\\ud83dx", "\\ud83d\\n", "\\ud83d\\u0041", "\\ude00\\ud83d"})
  void halfASurrogatePairHasNoDecodedForm(String content) {
    byte[] source = content.getBytes(UTF_8);
    assertThat(JsonText.unescapedBytes(source, 0, source.length)).isEqualTo(-1);
  }

  @ParameterizedTest
  @CsvSource({
    "plain, plain",
    "a\\/b, a/b",
    "\\u00e9, é",
    "\\u000A, \\n",
    "\\u001F, \\u001f",
    "\\u0022, \\\"",
    "\\u005c, \\\\",
    "\\ud83d\\ude00, 😀",
    "\\n\\t\\\", \\n\\t\\\"",
  })
  void requotingMakesALiteralCanonical(String content, String canonical) {
    byte[] source = content.getBytes(UTF_8);
    byte[] target = new byte[source.length + 2];
    int end = JsonText.requote(source, 0, source.length, target, 0);
    assertThat(new String(target, 0, end, UTF_8)).isEqualTo('"' + canonical + '"');
    assertThat(end).isEqualTo(JsonText.requotedBytes(source, 0, source.length));
  }

  @Test
  void compactingTakesNothingOutOfStrings() {
    byte[] source = " { \"a \\\" b\" :\t[ 1 ,\r\n \"\\\\\" , \" \" ] } ".getBytes(UTF_8);
    byte[] target = new byte[source.length];
    int end = JsonText.compact(source, 0, source.length, target, 0);
    assertThat(new String(target, 0, end, UTF_8)).isEqualTo("{\"a \\\" b\":[1,\"\\\\\",\" \"]}");
  }

  private static void assertQuoted(String text, String content) {
    String literal = '"' + content + '"';
    byte[] target = new byte[64];
    assertThat(JsonText.quote(text, target, 3)).isEqualTo(3 + JsonText.quotedBytes(text));
    assertThat(new String(target, 3, JsonText.quotedBytes(text), UTF_8)).isEqualTo(literal);
    byte[] utf8 = text.getBytes(UTF_8);
    int end = JsonText.quote(utf8, 0, utf8.length, target, 0);
    assertThat(end).isEqualTo(JsonText.quotedBytes(utf8, 0, utf8.length));
    assertThat(new String(target, 0, end, UTF_8)).isEqualTo(literal);
  }
}
