package dev.topics.bench.debian;

import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A package as nested JSON: the fields of its stanza in their order, each in its shape.
///
/// ```json
/// {"Package":"0ad","Installed-Size":28591,"Maintainer":{"name":"…","email":"…"},
///  "Depends":[[{"name":"libc6","relation":">=","version":"2.34"}],[{"name":"a"},{"name":"b"}]],
///  "Tag":["game::strategy"],"Description":"…"}
/// ```
final class PackageJson {
  private static final Set<String> NUMBERS = Set.of("Installed-Size", "Size");
  private static final Set<String> PEOPLE = Set.of("Maintainer", "Original-Maintainer");
  private static final Set<String> RELATIONS =
      Set.of(
          "Depends",
          "Pre-Depends",
          "Recommends",
          "Suggests",
          "Enhances",
          "Breaks",
          "Conflicts",
          "Replaces",
          "Provides",
          "Built-Using",
          "Static-Built-Using");

  private static final Pattern PERSON = Pattern.compile("(.*\\S)\\s*<([^<>]*)>");
  private static final Pattern RELATION =
      Pattern.compile(
          "([^\\s:()]+)(?::([^\\s()]+))?(?:\\s*\\(\\s*([<>=]+)\\s*([^\\s()]+)\\s*\\))?");
  private static final Pattern DIGITS = Pattern.compile("\\d{1,18}");
  private static final Pattern COMMA = Pattern.compile("\\s*,\\s*");
  private static final Pattern BAR = Pattern.compile("\\s*\\|\\s*");

  private final JsonText json = new JsonText();

  private PackageJson() {}

  static String of(Stanza stanza) {
    PackageJson writer = new PackageJson();
    writer.json.open('{');
    for (Map.Entry<String, String> field : stanza.fields().entrySet()) {
      writer.json.name(field.getKey());
      writer.value(field.getKey(), field.getValue());
    }
    return writer.json.close('}').toString();
  }

  private void value(String name, String value) {
    if (NUMBERS.contains(name) && DIGITS.matcher(value).matches()) {
      json.number(Long.parseLong(value));
    } else if (PEOPLE.contains(name)) {
      person(value);
    } else if (RELATIONS.contains(name)) {
      relations(value);
    } else if (name.equals("Tag")) {
      json.open('[');
      COMMA.splitAsStream(value).forEach(json::string);
      json.close(']');
    } else {
      json.string(value);
    }
  }

  private void person(String value) {
    Matcher person = PERSON.matcher(value);
    if (!person.matches()) {
      json.string(value);
      return;
    }
    json.open('{');
    json.name("name").string(person.group(1));
    json.name("email").string(person.group(2));
    json.close('}');
  }

  /// All of which one alternative each is needed.
  private void relations(String value) {
    json.open('[');
    COMMA
        .splitAsStream(value)
        .forEach(alternatives -> {
          json.open('[');
          BAR.splitAsStream(alternatives).forEach(this::relation);
          json.close(']');
        });
    json.close(']');
  }

  private void relation(String value) {
    Matcher relation = RELATION.matcher(value);
    if (!relation.matches()) {
      json.string(value);
      return;
    }
    json.open('{');
    json.name("name").string(relation.group(1));
    if (relation.group(2) != null) {
      json.name("architecture").string(relation.group(2));
    }
    if (relation.group(3) != null) {
      json.name("relation").string(relation.group(3));
      json.name("version").string(relation.group(4));
    }
    json.close('}');
  }
}
