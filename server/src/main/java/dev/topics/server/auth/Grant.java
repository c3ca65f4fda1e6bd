package dev.topics.server.auth;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What one client may do, and to which names.
///
/// Immutable. Two grants of the same key have the same [#owner], also after the keys were reloaded.
public final class Grant {
  /// Of everybody, on a server without keys.
  public static final Grant EVERYTHING = new Grant("", Set.of(Scope.values()), List.of());

  private final String owner;
  private final Set<Scope> scopes;
  private final int scopeBits;
  private final List<String> prefixes;
  private final @Nullable Key key;

  /// @param owner the name of the key; "" where there are no keys
  /// @param prefixes of the names in reach; none means all names
  Grant(String owner, Set<Scope> scopes, List<String> prefixes) {
    this(owner, scopes, prefixes, null);
  }

  Grant(Key key) {
    this(key.name(), key.scopes(), key.prefixes(), key);
  }

  private Grant(String owner, Set<Scope> scopes, List<String> prefixes, @Nullable Key key) {
    this.owner = owner;
    this.key = key;
    this.scopes = Set.copyOf(scopes);
    scopeBits = Permission.bits(scopes);
    this.prefixes = withoutOverlap(prefixes);
  }

  /// In the order of names, and none begins with another, so that a name is under one at most.
  private static List<String> withoutOverlap(List<String> prefixes) {
    String[] sorted = prefixes.toArray(String[]::new);
    Arrays.sort(sorted);
    List<String> kept = new ArrayList<>();
    for (String prefix : sorted) {
      if (kept.isEmpty() || !prefix.startsWith(kept.getLast())) {
        kept.add(prefix);
      }
    }
    return List.copyOf(kept);
  }

  /// The name of the key, fit for logs; "" where there are no keys.
  public String owner() {
    return owner;
  }

  /// The scopes of the key.
  public Set<Scope> scopes() {
    return scopes;
  }

  /// The prefixes of the names in reach; none means all names.
  public List<String> prefixes() {
    return prefixes;
  }

  /// Whether this is what `other` allows, and `other` the key it was made for.
  boolean isOf(Key other) {
    return other.equals(key);
  }

  /// Whether the key has all scopes that are asked for.
  public boolean permits(Permission permission) {
    return permission.isWithin(scopeBits);
  }

  /// Whether `name` is in reach.
  public boolean reaches(String name) {
    if (prefixes.isEmpty()) {
      return true;
    }
    for (String prefix : prefixes) {
      if (name.startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }

  /// The prefixes of those names that begin with `prefix` and are in reach: in the order of names,
  /// without overlap, and none if there are no such names.
  public List<String> within(String prefix) {
    if (prefixes.isEmpty()) {
      return List.of(prefix);
    }
    List<String> both = new ArrayList<>();
    for (String allowed : prefixes) {
      if (allowed.startsWith(prefix)) {
        both.add(allowed);
      } else if (prefix.startsWith(allowed)) {
        both.add(prefix);
      }
    }
    return both;
  }

  @Override
  public String toString() {
    return owner + " " + scopes + " " + prefixes;
  }
}
