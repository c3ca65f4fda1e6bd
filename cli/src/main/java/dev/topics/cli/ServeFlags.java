package dev.topics.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The flags of `topics serve`, put together with the environment and a file.
final class ServeFlags {
  @Option(names = "--host", paramLabel = "HOST", description = "Listen here; may be HOST:PORT.")
  private @Nullable String host;

  @Option(names = "--port", paramLabel = "PORT", description = "Listen here; 0 for any free port.")
  private @Nullable String port;

  @Option(
      names = "--port-file",
      paramLabel = "FILE",
      description = "Receives the HOST:PORT in use.")
  private @Nullable String portFile;

  @Option(names = "--data-dir", paramLabel = "DIR", description = "Keep everything here.")
  private @Nullable String dataDirectory;

  @Option(
      names = "--allow-insecure-no-auth",
      description = "Listen beyond loopback although there are no keys.")
  private boolean allowInsecure;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Lines of NAME=VALUE, with the names of environment variables.")
  private @Nullable Path config;

  @Option(names = "--log-format", paramLabel = "text|json", description = "How logs look.")
  private @Nullable String logFormat;

  @Option(
      names = "--log-level",
      paramLabel = "debug|info|warn|error",
      description = "The least that is logged.")
  private @Nullable String logLevel;

  String logFormat() {
    return orVariable(logFormat, "TOPICS_LOG_FORMAT", "text");
  }

  String logLevel() {
    return orVariable(logLevel, "TOPICS_LOG_LEVEL", "info");
  }

  private static String orVariable(@Nullable String flag, String variable, String fallback) {
    String value = flag == null ? System.getenv(variable) : flag;
    return value == null || value.isEmpty() ? fallback : value;
  }

  /// The variables of the server: of the file, then of the environment, then the flags.
  Map<String, String> variables() throws IOException {
    Map<String, String> variables = new LinkedHashMap<>();
    String file = config == null ? System.getenv("TOPICS_CONFIG") : config.toString();
    if (file != null && !file.isEmpty()) {
      variables.putAll(VariablesFile.read(Files.readString(Path.of(file))));
    }
    variables.putAll(System.getenv());
    if (host != null && host.matches(".*[^:]:\\d+")) {
      variables.remove("TOPICS_PORT");
    }
    put(variables, "TOPICS_HOST", host);
    put(variables, "TOPICS_PORT", port);
    put(variables, "TOPICS_PORT_FILE", portFile);
    put(variables, "TOPICS_DATA_DIR", dataDirectory);
    put(variables, "TOPICS_ALLOW_INSECURE_NO_AUTH", allowInsecure ? "1" : null);
    return variables;
  }

  private static void put(Map<String, String> variables, String name, @Nullable String value) {
    if (value != null) {
      variables.put(name, value);
    }
  }
}
