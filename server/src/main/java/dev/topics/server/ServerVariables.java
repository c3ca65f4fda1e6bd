package dev.topics.server;

import dev.topics.engine.json.WriteLimits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads options from environment variables, or from anything else that has their names.
final class ServerVariables {
  private static final String PREFIX = "TOPICS_";

  /// Variables for the launcher and the command, not for the server.
  private static final Set<String> NOT_OURS =
      Set.of("TOPICS_JAVA_OPTS", "TOPICS_CONFIG", "TOPICS_LOG_FORMAT", "TOPICS_LOG_LEVEL");

  private final Map<String, String> unread;

  ServerVariables(Map<String, String> variables) {
    unread = new TreeMap<>();
    variables.forEach((name, value) -> {
      if (name.startsWith(PREFIX) && !NOT_OURS.contains(name)) {
        unread.put(name, value);
      }
    });
  }

  ServerOptions options() {
    String host = text("TOPICS_HOST", "127.0.0.1");
    Integer portOfHost = null;
    int colon = host.lastIndexOf(':');
    if (colon >= 0 && (host.indexOf(':') == colon || host.charAt(colon - 1) == ']')) {
      portOfHost = port("TOPICS_HOST", host.substring(colon + 1));
      host = host.substring(0, colon);
    }
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    String port = text("TOPICS_PORT", "");
    int chosenPort =
        !port.isEmpty() ? port("TOPICS_PORT", port) : portOfHost != null ? portOfHost : 4000;
    String portFile = text("TOPICS_PORT_FILE", "");
    refuseKeys();
    return new ServerOptions(
        host,
        chosenPort,
        portFile.isEmpty() ? null : Path.of(portFile),
        Path.of(text("TOPICS_DATA_DIR", "./topics-data")),
        flag("TOPICS_ALLOW_INSECURE_NO_AUTH"),
        number("TOPICS_MAX_BODY_BYTES", 64 << 20, 512 << 20),
        number("TOPICS_MAX_LIMIT", 1000, 1_000_000),
        limits(),
        new ArrayList<>(unread.keySet()));
  }

  /// Keys are not supported yet, and a server that somebody meant to lock must not stand open.
  private void refuseKeys() {
    if (!text("TOPICS_API_KEYS", "").isEmpty()) {
      throw new IllegalArgumentException("TOPICS_API_KEYS is set, but this version has no keys");
    }
  }

  private WriteLimits limits() {
    WriteLimits normal = WriteLimits.DEFAULT;
    return new WriteLimits(
        number("TOPICS_MAX_BATCH_RECORDS", normal.maxRecords(), 1_000_000),
        number("TOPICS_MAX_RECORD_BYTES", normal.maxRecordBytes(), 256 << 20),
        number("TOPICS_MAX_META_BYTES", normal.maxMetaBytes(), 16 << 20),
        number("TOPICS_MAX_TAG_BYTES", normal.maxTagBytes(), WriteLimits.TAG_BYTES_MAX),
        number("TOPICS_MAX_NODE_BYTES", normal.maxNodeBytes(), WriteLimits.NODE_BYTES_MAX));
  }

  private String text(String name, String fallback) {
    String value = unread.remove(name);
    return value == null || value.isBlank() ? fallback : value.strip();
  }

  private boolean flag(String name) {
    String value = text(name, "0");
    return switch (value) {
      case "1", "true", "yes" -> true;
      case "0", "false", "no" -> false;
      default -> throw new IllegalArgumentException(name + " must be 1 or 0, not " + value);
    };
  }

  /// A number from 1 to `max`; 0 means as much as there can be.
  private int number(String name, int fallback, int max) {
    String value = text(name, "");
    if (value.isEmpty()) {
      return fallback;
    }
    Integer number = parsed(value);
    if (number == null || number < 0 || number > max) {
      throw new IllegalArgumentException(
          name + " must be a whole number from 0 (unlimited) to " + max + ", not " + value);
    }
    return number == 0 ? max : number;
  }

  private static int port(String name, String value) {
    Integer port = parsed(value);
    if (port == null || port < 0 || port > 65_535) {
      throw new IllegalArgumentException(
          "the port in " + name + " must be from 0 to 65535, not " + value);
    }
    return port;
  }

  private static @Nullable Integer parsed(String value) {
    try {
      return Integer.valueOf(value);
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
