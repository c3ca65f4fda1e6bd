package dev.topics.cli;

import dev.topics.server.ServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The flags of `topics serve`, put together with the environment and a file.
final class ServeFlags {
  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "Listen here, 127.0.0.1 by default; may be HOST:PORT. [TOPICS_HOST]")
  private @Nullable String host;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Listen here, 4000 by default; 0 for any free port. [TOPICS_PORT]")
  private @Nullable String port;

  @Option(
      names = "--port-file",
      paramLabel = "FILE",
      description = "Write the HOST:PORT in use to this file. [TOPICS_PORT_FILE]")
  private @Nullable String portFile;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Keep everything here, ./topics-data by default. [TOPICS_DATA_DIR]")
  private @Nullable String dataDirectory;

  @Option(
      names = "--allow-insecure-no-auth",
      description = {
        "Listen beyond loopback although there are no keys:",
        "whoever reaches the port may do anything.",
        "[TOPICS_ALLOW_INSECURE_NO_AUTH]"
      })
  private boolean allowInsecure;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = {
        "Read settings from this TOML file, with the names",
        "of variables without TOPICS_. [TOPICS_CONFIG]"
      })
  private @Nullable Path config;

  @Option(
      names = "--log-format",
      paramLabel = "FORMAT",
      description = "text, the default, or json. [TOPICS_LOG_FORMAT]")
  private @Nullable String logFormat;

  @Option(
      names = "--log-level",
      paramLabel = "LEVEL",
      description = "debug, info (the default), warn or error. [TOPICS_LOG_LEVEL]")
  private @Nullable String logLevel;

  /// All variables: those of the file, over them the environment, over those the flags.
  ///
  /// @throws IllegalArgumentException if the file makes no sense
  Variables variables(Map<String, String> environment) throws IOException {
    Map<String, String> ours = new TreeMap<>(environment);
    ours.keySet().removeIf(name -> !name.startsWith("TOPICS_"));
    String path = config == null ? ours.get("TOPICS_CONFIG") : config.toString();
    Map<String, String> file = Map.of();
    if (path != null && !path.isEmpty()) {
      file = ConfigFile.read(Files.readString(Path.of(path)));
      checkNames(file, path);
    }
    return new Variables(given(), ours, file);
  }

  /// A setting of the file that is none is a mistake: the file is for this server alone.
  private static void checkNames(Map<String, String> file, String path) {
    Set<String> known = ServerOptions.settings(Map.of()).keySet();
    for (String name : file.keySet()) {
      if (!known.contains(name) && !name.startsWith("TOPICS_LOG_")) {
        throw new IllegalArgumentException(
            "there is no setting %s, which %s has; topics config print shows all there are"
                .formatted(ConfigFile.settingOf(name), path));
      }
    }
  }

  /// What is wrong with the settings, with the flags that were given in place of the variables that
  /// they stand for.
  String blamed(IllegalArgumentException failure) {
    String message = String.valueOf(failure.getMessage());
    for (String name : given().keySet()) {
      String flag = "--" + ConfigFile.settingOf(name).replace('_', '-');
      message = message.replaceAll("\\b" + name + "\\b", flag);
    }
    return message;
  }

  private Map<String, String> given() {
    Map<String, String> given = new LinkedHashMap<>();
    put(given, "TOPICS_HOST", host);
    put(given, "TOPICS_PORT", port);
    put(given, "TOPICS_PORT_FILE", portFile);
    put(given, "TOPICS_DATA_DIR", dataDirectory);
    put(given, "TOPICS_ALLOW_INSECURE_NO_AUTH", allowInsecure ? "1" : null);
    put(given, "TOPICS_LOG_FORMAT", logFormat);
    put(given, "TOPICS_LOG_LEVEL", logLevel);
    return given;
  }

  private static void put(Map<String, String> variables, String name, @Nullable String value) {
    if (value != null) {
      variables.put(name, value);
    }
  }
}
