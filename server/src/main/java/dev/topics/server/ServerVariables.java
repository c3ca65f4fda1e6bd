package dev.topics.server;

import dev.topics.engine.json.WriteLimits;
import dev.topics.engine.model.Quota;
import dev.topics.server.auth.TlsOptions;
import dev.topics.server.http.AccessOptions;
import dev.topics.server.limits.ConnectionLimits;
import dev.topics.server.limits.WatchLimits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
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

  /// As many jobs as one pass over a queue gives away.
  private static final int CLAIM_BOUND = 10_000;

  private final Map<String, String> unread;
  private final Map<String, String> settings = new LinkedHashMap<>();

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
    settings.put("TOPICS_PORT", Integer.toString(chosenPort));
    String portFile = text("TOPICS_PORT_FILE", "");
    Path dataDirectory = Path.of(text("TOPICS_DATA_DIR", "./topics-data"));
    return new ServerOptions(
        host,
        chosenPort,
        portFile.isEmpty() ? null : Path.of(portFile),
        dataDirectory,
        cold(dataDirectory),
        flag("TOPICS_ALLOW_INSECURE_NO_AUTH"),
        access(),
        tls(),
        number("TOPICS_MAX_BODY_BYTES", 64 << 20, 512 << 20),
        watchLimits(),
        limits(),
        number("TOPICS_MAX_CLAIM", 1000, CLAIM_BOUND),
        number("TOPICS_MAX_ROUTERS", 10_000, Integer.MAX_VALUE),
        new Quota(
            count("TOPICS_MAX_TOPICS", Quota.DEFAULT.topics()),
            count("TOPICS_MAX_TOTAL_BYTES", Quota.DEFAULT.bytes())),
        new ArrayList<>(unread.keySet()));
  }

  private @Nullable ColdOptions cold(Path dataDirectory) {
    String directory = text("TOPICS_COLD_DIR", "");
    String retain = text("TOPICS_HOT_RETAIN_BYTES", "0");
    Long bytes = parsedLong(retain);
    if (bytes == null || bytes < 0) {
      throw new IllegalArgumentException(
          "TOPICS_HOT_RETAIN_BYTES must be a whole number from 0 on, not " + retain);
    }
    if (directory.isEmpty()) {
      return null;
    }
    Path path = Path.of(directory).toAbsolutePath().normalize();
    ColdOptions options = new ColdOptions(path, bytes);
    if (!options.isApartFrom(dataDirectory)) {
      throw new IllegalArgumentException(
          "TOPICS_COLD_DIR must not be TOPICS_DATA_DIR, nor in it or around it, by any name: "
              + directory);
    }
    return options;
  }

  private AccessVariables access() {
    String keysFile = text("TOPICS_KEYS_FILE", "");
    String auditLog = text("TOPICS_AUDIT_LOG", "");
    return new AccessVariables(
        text("TOPICS_API_KEYS", ""),
        keysFile.isEmpty() ? null : Path.of(keysFile),
        flag("TOPICS_PROBE_AUTH"),
        (int) count("TOPICS_MAX_FAILED_KEYS", AccessOptions.FAILED_KEYS_MAX),
        list("TOPICS_ALLOWED_HOSTS", true),
        list("TOPICS_ALLOWED_ORIGINS", false),
        ConnectionLimits.of(
            countIfSet("TOPICS_MAX_INFLIGHT_PER_KEY", ConnectionLimits.REQUESTS_PER_KEY),
            countIfSet("TOPICS_MAX_SSE_CONNECTIONS", ConnectionLimits.STREAMS),
            countIfSet("TOPICS_MAX_SSE_CONNECTIONS_PER_KEY", ConnectionLimits.STREAMS_PER_KEY)),
        auditLog.isEmpty() ? null : Path.of(auditLog));
  }

  private @Nullable TlsOptions tls() {
    String certificate = text("TOPICS_TLS_CERT", "");
    String key = text("TOPICS_TLS_KEY", "");
    String authorities = text("TOPICS_TLS_CLIENT_CA", "");
    boolean required = flag("TOPICS_TLS_CLIENT_REQUIRED");
    if (certificate.isEmpty() != key.isEmpty()) {
      throw new IllegalArgumentException("TOPICS_TLS_CERT and TOPICS_TLS_KEY need each other");
    }
    if (certificate.isEmpty() && !authorities.isEmpty()) {
      throw new IllegalArgumentException("TOPICS_TLS_CLIENT_CA needs TOPICS_TLS_CERT");
    }
    if (authorities.isEmpty() && required) {
      throw new IllegalArgumentException("TOPICS_TLS_CLIENT_REQUIRED needs TOPICS_TLS_CLIENT_CA");
    }
    if (certificate.isEmpty()) {
      return null;
    }
    Path ca = authorities.isEmpty() ? null : Path.of(authorities);
    return new TlsOptions(Path.of(certificate), Path.of(key), ca, required);
  }

  /// Comma-separated values.
  private Set<String> list(String name, boolean lowerCase) {
    Set<String> values = new LinkedHashSet<>();
    for (String value : text(name, "").split(",", -1)) {
      if (!value.isBlank()) {
        values.add(lowerCase ? value.strip().toLowerCase(Locale.ROOT) : value.strip());
      }
    }
    return values;
  }

  private WatchLimits watchLimits() {
    return new WatchLimits(
        number("TOPICS_MAX_WATCH_SESSIONS", 10_000, 100_000_000),
        number("TOPICS_MAX_WATCH_TOPICS", 256, 100_000),
        number("TOPICS_MAX_LIMIT", 1000, 1_000_000));
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

  /// What was asked for until now, in that order, with the values in force.
  Map<String, String> settings() {
    return settings;
  }

  private String text(String name, String fallback) {
    String value = unread.remove(name);
    String effective = value == null || value.isBlank() ? fallback : value.strip();
    settings.put(name, effective);
    return effective;
  }

  private boolean flag(String name) {
    String value = text(name, "false");
    return switch (value) {
      case "1", "true", "yes" -> true;
      case "0", "false", "no" -> false;
      default -> throw new IllegalArgumentException(name + " must be 1 or 0, not " + value);
    };
  }

  /// A number from 1 to `max`; 0 means as much as there can be.
  private int number(String name, int fallback, int max) {
    String value = text(name, Integer.toString(fallback));
    Integer number = parsed(value);
    if (number == null || number < 0 || number > max) {
      throw new IllegalArgumentException(
          name + " must be a whole number from 0 (unlimited) to " + max + ", not " + value);
    }
    return number == 0 ? max : number;
  }

  /// A number of things; 0 means any number.
  private long count(String name, long fallback) {
    Long set = countIfSet(name, fallback);
    return set == null ? fallback : set;
  }

  /// The same, or null if it was not set; `shown` is what holds then.
  private @Nullable Long countIfSet(String name, long shown) {
    String value = text(name, "");
    if (value.isEmpty()) {
      settings.put(name, Long.toString(shown));
      return null;
    }
    Long number = parsedLong(value);
    if (number == null || number < 0) {
      throw new IllegalArgumentException(
          name + " must be a whole number from 0 (unlimited) on, not " + value);
    }
    return number;
  }

  private static int port(String name, String value) {
    Integer port = parsed(value);
    if (port == null || port < 0 || port > 65_535) {
      throw new IllegalArgumentException(
          "the port in " + name + " must be from 0 to 65535, not " + value);
    }
    return port;
  }

  private static @Nullable Long parsedLong(String value) {
    try {
      return Long.valueOf(value);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static @Nullable Integer parsed(String value) {
    try {
      return Integer.valueOf(value);
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
