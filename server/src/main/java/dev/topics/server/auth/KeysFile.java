package dev.topics.server.auth;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.toml.TomlMapper;

/// Keys in a file: TOML, a table for each key, with the digest instead of the key.
///
/// ```toml
/// [billing]
/// sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
/// scopes = "read+write"               # without it, all
/// prefixes = ["billing.", "shared."]  # without it, any
///
/// [worker]
/// subject = "CN=worker,O=Example"     # of a client certificate
/// ```
public final class KeysFile {
  private static final Set<String> FIELDS = Set.of("sha256", "subject", "scopes", "prefixes");

  private KeysFile() {}

  /// What is in a file of keys.
  ///
  /// @throws IOException if it cannot be read, or is not UTF-8
  public static String read(Path file) throws IOException {
    try {
      return Files.readString(file);
    } catch (CharacterCodingException notText) {
      IOException named = new IOException("the file of keys " + file + " is not UTF-8");
      named.addSuppressed(notText);
      throw named;
    }
  }

  /// The keys of a file.
  ///
  /// @throws IllegalArgumentException if `toml` is not such a file; the message names the key that
  ///   is wrong
  public static List<Key> parse(String toml) {
    JsonNode root;
    try {
      root = new TomlMapper().readTree(toml);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          "the file of keys is not TOML: line " + e.getLocation().getLineNr(), e);
    }
    List<Key> keys = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : root.properties()) {
      try {
        keys.add(key(entry.getKey(), entry.getValue()));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "key \"%s\" in the file of keys: %s".formatted(entry.getKey(), e.getMessage()), e);
      }
    }
    return keys;
  }

  private static Key key(String name, JsonNode table) {
    if (!table.isObject()) {
      throw new IllegalArgumentException("write a table, [" + name + "]");
    }
    for (String field : table.propertyNames()) {
      if (!FIELDS.contains(field)) {
        throw new IllegalArgumentException(
            "there is no field " + field + "; there are sha256, subject, scopes and prefixes");
      }
    }
    String sha256 = text(table, "sha256");
    String subject = text(table, "subject");
    if (sha256 == null && subject == null) {
      throw new IllegalArgumentException("it needs sha256, subject, or both");
    }
    String scopes = text(table, "scopes");
    return new Key(
        name,
        sha256 == null ? null : KeyDigest.parse(sha256),
        subject,
        KeyEntries.scopes(scopes == null ? "" : scopes),
        prefixes(table.get("prefixes")));
  }

  private static @Nullable String text(JsonNode table, String field) {
    JsonNode value = table.get(field);
    if (value == null) {
      return null;
    }
    if (!value.isString()) {
      throw new IllegalArgumentException(field + " must be a string");
    }
    return value.stringValue();
  }

  private static List<String> prefixes(@Nullable JsonNode value) {
    if (value == null) {
      return List.of();
    }
    if (!value.isArray() || value.isEmpty()) {
      throw new IllegalArgumentException("prefixes must be an array of at least one string");
    }
    List<String> prefixes = new ArrayList<>();
    for (JsonNode prefix : value) {
      if (!prefix.isString()) {
        throw new IllegalArgumentException("prefixes must be an array of strings");
      }
      KeyEntries.checkPrefix(prefix.stringValue());
      prefixes.add(prefix.stringValue());
    }
    return prefixes;
  }

  /// A table for `key`, to be added to a file.
  public static String table(Key key) {
    StringBuilder toml = new StringBuilder("[\"").append(key.name()).append("\"]\n");
    if (key.digest() != null) {
      toml.append("sha256 = \"").append(key.digest().hex()).append("\"\n");
    }
    if (key.subject() != null) {
      String escaped = key.subject().replace("\\", "\\\\").replace("\"", "\\\"");
      toml.append("subject = \"").append(escaped).append("\"\n");
    }
    toml.append("scopes = \"").append(ScopeWords.of(key.scopes())).append("\"\n");
    if (!key.prefixes().isEmpty()) {
      toml.append("prefixes = [\"").append(String.join("\", \"", key.prefixes())).append("\"]\n");
    }
    return toml.toString();
  }
}
