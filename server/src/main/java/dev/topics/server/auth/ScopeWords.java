package dev.topics.server.auth;

import java.util.Locale;
import java.util.Set;
import java.util.StringJoiner;

/// Scopes as words: `read+write`.
public final class ScopeWords {
  private ScopeWords() {}

  /// The scopes in their usual order.
  public static String of(Set<Scope> scopes) {
    StringJoiner words = new StringJoiner("+");
    for (Scope scope : Scope.values()) {
      if (scopes.contains(scope)) {
        words.add(scope.name().toLowerCase(Locale.ROOT));
      }
    }
    return words.toString();
  }

  /// The scopes of words joined by `+`; all for "".
  ///
  /// @throws IllegalArgumentException for a word that is none
  public static Set<Scope> parse(String words) {
    return KeyEntries.scopes(words);
  }
}
