package dev.topics.server.auth;

/// One of the things that a key may allow.
public enum Scope {
  READ(1),
  WRITE(2),
  DELETE(4),
  ADMIN(8);

  private final int bit;

  Scope(int bit) {
    this.bit = bit;
  }

  /// Its place in a set of scopes that is a number.
  int bit() {
    return bit;
  }
}
