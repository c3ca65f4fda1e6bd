package dev.topics.engine.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Objects;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/// What Jackson thinks of an input, with the places where it is knowingly laxer evened out.
///
/// - UTF-8: the decoder of the JDK has the word on it, and Jackson gets the decoded text. Its own
///   byte parser lets overlong forms and encoded surrogates pass, and takes UTF-16 and UTF-32.
/// - Escapes of lone surrogates: refused by Jackson in names, though not in values; both are right
///   here. It gets escapes of private-use characters in their place.
/// - Hexadecimal digits of escapes: Jackson looks only at the low eight bits of a character, so
///   that U+0661 is an `a` to it. It gets U+00FF in place of every character above.
/// - A byte order mark: skipped by Jackson, an error here.
/// - Several values in a row: a stream to Jackson, an error here.
///
/// Depth is limited to the same 128 in both, lengths of numbers, names and strings in neither.
final class JacksonOracle {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(JsonScanner.DEPTH_MAX)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .build())
          .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
          .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
          .build();

  private static final Pattern SURROGATE_ESCAPE = Pattern.compile("(\\\\u)[dD](?=[89a-fA-F])");

  private static final Pattern BEYOND_LATIN_1 = Pattern.compile("[^\\x00-\\xFF]");

  private JacksonOracle() {}

  static JsonParser parser(String text) {
    return FACTORY.createParser(ObjectReadContext.empty(), withoutSurrogateEscapes(text));
  }

  private static String withoutSurrogateEscapes(String text) {
    return text.contains("\\u") ? SURROGATE_ESCAPE.matcher(text).replaceAll("$1e") : text;
  }

  /// Is it exactly one JSON value in UTF-8?
  static boolean accepts(byte[] source, int start, int end) {
    try {
      String text =
          UTF_8.newDecoder().decode(ByteBuffer.wrap(source, start, end - start)).toString();
      return !text.startsWith("\uFEFF") && accepts(BEYOND_LATIN_1.matcher(text).replaceAll("ÿ"));
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private static boolean accepts(String text) {
    try (JsonParser parser = parser(text)) {
      JsonToken token = parser.nextToken();
      while (token != null) {
        // Strings are read lazily: asking for the text is what checks them.
        parser.getString();
        boolean complete = parser.streamReadContext().inRoot() && !token.isStructStart();
        token = parser.nextToken();
        if (complete) {
          return token == null;
        }
      }
      return false;
    } catch (JacksonException e) {
      return false;
    }
  }

  /// Do two valid values consist of the same tokens with the same text?
  static boolean sameTokens(byte[] a, int aEnd, byte[] b, int bEnd) {
    try (JsonParser left = parser(new String(a, 0, aEnd, UTF_8));
        JsonParser right = parser(new String(b, 0, bEnd, UTF_8))) {
      while (true) {
        JsonToken token = left.nextToken();
        if (token != right.nextToken()) {
          return false;
        }
        if (token == null) {
          return true;
        }
        if (!Objects.equals(left.getString(), right.getString())) {
          return false;
        }
      }
    }
  }
}
