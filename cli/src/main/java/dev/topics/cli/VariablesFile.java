package dev.topics.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/// A file of `NAME=VALUE` lines. Empty lines and those that start with `#` are passed over.
final class VariablesFile {
  private VariablesFile() {}

  /// @throws IllegalArgumentException for a line that is not of this form
  static Map<String, String> read(String text) {
    Map<String, String> variables = new LinkedHashMap<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      String content = line.strip();
      if (content.isEmpty() || content.startsWith("#")) {
        continue;
      }
      int equals = content.indexOf('=');
      if (equals <= 0) {
        throw new IllegalArgumentException(
            "line %d of the configuration is not NAME=VALUE: %s".formatted(number, content));
      }
      variables.put(content.substring(0, equals).strip(), content.substring(equals + 1).strip());
    }
    return variables;
  }
}
