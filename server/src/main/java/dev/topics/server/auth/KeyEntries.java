package dev.topics.server.auth;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Reads keys as `TOPICS_API_KEYS` holds them: comma-separated `key[:scopes[:prefixes]]`, scopes
/// joined by `+`, prefixes by `|` (http-api §9).
///
/// What it throws says which entry is wrong and how, and shows nothing of a key.
final class KeyEntries {
  private static final int NAME_LENGTH_MAX = 255;

  private KeyEntries() {}

  /// @throws IllegalArgumentException for a malformed entry
  static List<Key> parse(String text) {
    List<Key> keys = new ArrayList<>();
    int number = 0;
    for (String entry : text.split(",", -1)) {
      number++;
      try {
        keys.add(entry(entry.strip()));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "entry %d of TOPICS_API_KEYS: %s; an entry is key[:scopes[:prefixes]], as in"
                    .formatted(number, e.getMessage())
                + " s3cret:read+write:orders.|jobs.",
            e);
      }
    }
    return keys;
  }

  private static Key entry(String entry) {
    String[] parts = entry.split(":", 3);
    String key = parts[0];
    if (key.isEmpty()) {
      throw new IllegalArgumentException("the key is empty");
    }
    if (!key.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new IllegalArgumentException("the key has a character that no header can carry");
    }
    Set<Scope> scopes = scopes(parts.length > 1 ? parts[1] : "");
    List<String> prefixes = prefixes(parts.length > 2 ? parts[2] : "");
    KeyDigest digest = KeyDigest.of(key);
    return new Key("sha256:" + digest.shortHex(), digest, null, scopes, prefixes);
  }

  /// Scopes joined by `+`; none means all.
  static Set<Scope> scopes(String text) {
    if (text.isEmpty()) {
      return EnumSet.allOf(Scope.class);
    }
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    for (String word : text.split("\\+", -1)) {
      switch (word) {
        case "read", "r" -> scopes.add(Scope.READ);
        case "write", "w" -> scopes.add(Scope.WRITE);
        case "rw" -> scopes.addAll(Set.of(Scope.READ, Scope.WRITE));
        case "delete", "d" -> scopes.add(Scope.DELETE);
        case "admin", "a" -> scopes.add(Scope.ADMIN);
        default ->
            throw new IllegalArgumentException(
                "the scopes are read, write, delete and admin, joined by +");
      }
    }
    return scopes;
  }

  /// Prefixes joined by `|`; none means any name.
  static List<String> prefixes(String text) {
    if (text.isEmpty()) {
      return List.of();
    }
    List<String> prefixes = List.of(text.split("\\|", -1));
    prefixes.forEach(KeyEntries::checkPrefix);
    return prefixes;
  }

  /// A prefix must be one that a topic or a router can begin with: another one would be a mistake
  /// that locks its key out.
  static void checkPrefix(String prefix) {
    boolean good = !prefix.isEmpty() && prefix.length() <= NAME_LENGTH_MAX;
    for (int i = 0; good && i < prefix.length(); i++) {
      char c = prefix.charAt(i);
      boolean letterOrDigit =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      good = letterOrDigit || (i > 0 && "._:->".indexOf(c) >= 0);
    }
    if (!good) {
      throw new IllegalArgumentException(
          "a prefix is the beginning of a name: letters, digits and . _ : - >, the first one a"
              + " letter or a digit");
    }
  }
}
