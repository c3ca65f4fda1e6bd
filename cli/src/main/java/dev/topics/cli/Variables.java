package dev.topics.cli;

import java.util.HashMap;
import java.util.Map;

/// The settings of a server by the names of their variables: of flags, before the environment,
/// before the file.
record Variables(
    Map<String, String> flags, Map<String, String> environment, Map<String, String> file) {

  /// All of them, each from where it counts.
  Map<String, String> all() {
    Map<String, String> all = new HashMap<>();
    lay(file, all);
    lay(environment, all);
    lay(flags, all);
    return all;
  }

  /// Puts `stronger` over `variables`. A host with a port is stronger than a port from below.
  private static void lay(Map<String, String> stronger, Map<String, String> variables) {
    if (stronger.getOrDefault("TOPICS_HOST", "").matches(".*[^:]:\\d+")) {
      variables.remove("TOPICS_PORT");
    }
    variables.putAll(stronger);
  }

  /// Where the value of `name` comes from.
  String origin(String name) {
    return flags.containsKey(name)
        ? "flag"
        : environment.containsKey(name)
            ? "environment, " + name
            : file.containsKey(name) ? "file" : "default";
  }
}
