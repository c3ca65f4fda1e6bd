package dev.topics.server.limits;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The same limit for each key.
///
/// **Threading** any thread.
public final class LimitPerKey {
  private final String name;
  private final long max;
  private final Limit withoutKey;
  private final Map<String, Limit> byOwner = new ConcurrentHashMap<>();

  /// @param max of each key; 0 for any number
  /// @param maxWithoutKey of all clients together that need no key; 0 for any number
  public LimitPerKey(String name, long max, long maxWithoutKey) {
    this.name = name;
    this.max = max;
    withoutKey = new Limit(name, maxWithoutKey);
  }

  /// The limit of the key with this name; "" is no key.
  public Limit of(String owner) {
    if (owner.isEmpty()) {
      return withoutKey;
    }
    Limit known = byOwner.get(owner);
    return known == null ? byOwner.computeIfAbsent(owner, _ -> new Limit(name, max)) : known;
  }
}
