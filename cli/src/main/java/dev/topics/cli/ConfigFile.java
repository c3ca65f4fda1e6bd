package dev.topics.cli;

import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.toml.TomlMapper;

/// The configuration file: TOML, with the names of the environment variables in lower case and
/// without `TOPICS_`. A table stands for the beginning of names: `cert` in `[tls]` is `tls_cert`.
final class ConfigFile {
  private static final String PREFIX = "TOPICS_";

  private ConfigFile() {}

  /// The values by the names of their variables.
  ///
  /// @throws IllegalArgumentException for what is not TOML, or not a setting
  static Map<String, String> read(String toml) {
    Map<String, String> variables = new TreeMap<>();
    try {
      flatten(PREFIX, new TomlMapper().readTree(toml), variables);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          "the configuration file is not TOML: line " + e.getLocation().getLineNr(), e);
    }
    return variables;
  }

  private static void flatten(String prefix, JsonNode table, Map<String, String> variables) {
    for (Map.Entry<String, JsonNode> entry : table.properties()) {
      String name = prefix + entry.getKey().toUpperCase(Locale.ROOT);
      JsonNode value = entry.getValue();
      if (value.isObject()) {
        flatten(name + "_", value, variables);
      } else if (variables.put(name, text(value)) != null) {
        throw new IllegalArgumentException(settingOf(name) + " is there twice");
      }
    }
  }

  private static String text(JsonNode value) {
    if (!value.isArray()) {
      return value.asString();
    }
    StringJoiner values = new StringJoiner(",");
    value.forEach(element -> values.add(element.asString()));
    return values.toString();
  }

  /// How the file names a variable.
  static String settingOf(String variable) {
    return variable.substring(PREFIX.length()).toLowerCase(Locale.ROOT);
  }
}
