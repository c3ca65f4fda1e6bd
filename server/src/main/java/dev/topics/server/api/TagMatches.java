package dev.topics.server.api;

import dev.topics.engine.model.TagMatch;
import dev.topics.server.http.Problem;
import dev.topics.server.http.Rejected;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// A match of tags on the wire (http-api §5): `["tag", "Eq", "x"]`, `["tag", "Glob", "x*"]`, or a
/// bare string.
final class TagMatches {
  private TagMatches() {}

  static TagMatch read(Fields fields) {
    if (fields.isText()) {
      return new TagMatch.Exact(fields.text());
    }
    String field = fields.name();
    List<String> parts = fields.texts("a string or an array of three strings");
    if (parts.size() != 3 || !parts.getFirst().equals("tag")) {
      throw bad(field);
    }
    String operand = parts.get(2);
    return switch (parts.get(1)) {
      case "Eq" -> new TagMatch.Exact(operand);
      case "Glob" -> {
        int star = operand.indexOf('*');
        if (star < 0 || star != operand.length() - 1) {
          throw bad(field);
        }
        yield new TagMatch.Prefix(operand.substring(0, star));
      }
      default -> throw bad(field);
    };
  }

  private static Rejected bad(String field) {
    return Problem.invalid(
            field
                + " must be [\"tag\", \"Eq\", \"x\"], [\"tag\", \"Glob\", \"x*\"] with one * at the"
                + " end, or a string")
        .with("field", field)
        .rejected();
  }

  static void write(String name, @Nullable TagMatch match, JsonGenerator json) {
    switch (match) {
      case TagMatch.Exact(String tag) -> write(name, "Eq", tag, json);
      case TagMatch.Prefix(String prefix) -> write(name, "Glob", prefix + "*", json);
      case null -> json.writeNullProperty(name);
    }
  }

  private static void write(String name, String how, String operand, JsonGenerator json) {
    json.writeArrayPropertyStart(name);
    json.writeString("tag");
    json.writeString(how);
    json.writeString(operand);
    json.writeEndArray();
  }
}
