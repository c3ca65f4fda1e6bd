package dev.topics.server.contract;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// JSON for tests: written with single quotes, compared as trees, or cut out byte for byte.
final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Json() {}

  /// `text` with double quotes where it has single ones.
  static String json(String text) {
    return text.replace('\'', '"');
  }

  static JsonNode tree(byte[] json) {
    return MAPPER.readTree(json);
  }

  /// The tree of JSON with single quotes.
  static JsonNode tree(String text) {
    return MAPPER.readTree(json(text));
  }

  /// How `value` looks in JSON.
  static String of(Object value) {
    return MAPPER.writeValueAsString(value);
  }

  /// `count` times `item`, as a JSON array.
  static String repeated(String item, int count) {
    String[] items = new String[count];
    Arrays.fill(items, item);
    return "[" + String.join(",", items) + "]";
  }

  /// The body of a write whose records have these `data` values, each given as JSON.
  static String write(String... data) {
    return write(Arrays.asList(data));
  }

  static String write(Collection<String> data) {
    StringBuilder body = new StringBuilder("{\"records\":[");
    String separator = "";
    for (String value : data) {
      body.append(separator).append("{\"data\":").append(value).append('}');
      separator = ",";
    }
    return body.append("]}").toString();
  }

  /// The value at `pointer` as its bytes stand in `json`, or null where there is none.
  static String raw(byte[] json, String pointer) {
    try (JsonParser parser = MAPPER.createParser(json)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        boolean value = token != JsonToken.PROPERTY_NAME && !token.isStructEnd();
        if (value && path(parser, token).equals(pointer)) {
          int start = (int) parser.currentTokenLocation().getByteOffset();
          parser.skipChildren();
          parser.finishToken();
          int end = (int) parser.currentLocation().getByteOffset();
          return new String(json, start, end - start, StandardCharsets.UTF_8);
        }
      }
      return null;
    }
  }

  private static String path(JsonParser parser, JsonToken token) {
    var context = parser.streamReadContext();
    return (token.isStructStart() ? context.getParent() : context).pathAsPointer().toString();
  }
}
