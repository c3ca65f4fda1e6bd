package dev.topics.server.auth;

import java.security.MessageDigest;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// All keys of a server at one moment.
///
/// A presented key is compared with every key there is, each time in constant time, so how long a
/// lookup takes says nothing about which keys exist or how close a guess was.
///
/// **Threading** immutable.
public final class KeyRing {
  /// Of a server without keys: everybody may do anything.
  public static final KeyRing OPEN = new KeyRing(true, List.of(), MessageDigest::isEqual);

  private final boolean open;
  private final List<Key> keys;
  private final byte[][] digests;
  private final Grant[] grants;
  private final Comparison comparison;

  /// Whether two digests are the same, in a time that depends on neither.
  @FunctionalInterface
  interface Comparison {
    boolean areEqual(byte[] one, byte[] other);
  }

  private KeyRing(boolean open, List<Key> keys, Comparison comparison) {
    this.open = open;
    this.keys = List.copyOf(keys);
    this.comparison = comparison;
    digests = new byte[keys.size()][];
    grants = new Grant[keys.size()];
    for (int i = 0; i < grants.length; i++) {
      KeyDigest digest = keys.get(i).digest();
      digests[i] = digest == null ? new byte[0] : digest.bytes();
      grants[i] = keys.get(i).grant();
    }
  }

  /// A ring of these keys. Without any, nobody gets in.
  ///
  /// @throws IllegalArgumentException if two of them have the same name, key or certificate
  public static KeyRing of(List<Key> keys) {
    return of(keys, MessageDigest::isEqual);
  }

  static KeyRing of(List<Key> keys, Comparison comparison) {
    Set<Object> seen = new HashSet<>();
    for (Key key : keys) {
      if (!seen.add("name " + key.name())) {
        throw new IllegalArgumentException("two keys are named " + key.name());
      }
      if (key.digest() != null && !seen.add(key.digest())) {
        throw new IllegalArgumentException("the key of " + key.name() + " is there twice");
      }
      if (key.subject() != null && !seen.add("subject " + key.subject())) {
        throw new IllegalArgumentException("the subject of " + key.name() + " is there twice");
      }
    }
    return new KeyRing(false, keys, comparison);
  }

  /// Whether there are no keys, and everybody may do anything.
  public boolean isOpen() {
    return open;
  }

  public List<Key> keys() {
    return keys;
  }

  /// What the holder of `presented` may do, or null if it is no key of ours.
  public @Nullable Grant find(String presented) {
    byte[] digest = KeyDigest.of(presented).bytes();
    int found = -1;
    for (int i = 0; i < digests.length; i++) {
      found = comparison.areEqual(digests[i], digest) ? i : found;
    }
    return found < 0 ? null : grants[found];
  }

  /// Whether a key of this ring makes exactly this grant.
  public boolean holds(Grant grant) {
    for (Key key : keys) {
      if (grant.isOf(key)) {
        return true;
      }
    }
    return false;
  }

  /// What the holder of a client certificate may do, or null if no key names its subject.
  public @Nullable Grant findSubject(String subject) {
    for (int i = 0; i < grants.length; i++) {
      if (subject.equals(keys.get(i).subject())) {
        return grants[i];
      }
    }
    return null;
  }
}
