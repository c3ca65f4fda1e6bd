package dev.topics.server.auth;

import java.util.EnumSet;
import java.util.Set;

/// What a route asks of a client (http-api §9).
public enum Permission {
  READ(Scope.READ),
  WRITE(Scope.WRITE),
  DELETE(Scope.DELETE),
  ADMIN(Scope.ADMIN),

  /// Takes work: sees records and changes who holds them.
  CLAIM(Scope.READ, Scope.WRITE),

  /// A GET whose answer is a stream of events. The key may come as `?token=` too, because the
  /// `EventSource` of browsers cannot send headers.
  READ_STREAM(Scope.READ),

  /// A stream of events that takes work.
  CLAIM_STREAM(Scope.READ, Scope.WRITE),

  /// Any key; what it allows is checked message by message.
  ANY_KEY,

  /// Nothing, unless the server is told to ask for a key here as well.
  PROBE;

  private final int scopeBits;

  Permission(Scope... scopes) {
    scopeBits = bits(Set.of(scopes));
  }

  static int bits(Set<Scope> scopes) {
    int bits = 0;
    for (Scope scope : scopes) {
      bits |= scope.bit();
    }
    return bits;
  }

  /// The scopes that a key must have, all of them.
  public Set<Scope> scopes() {
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    for (Scope scope : Scope.values()) {
      if ((scopeBits & scope.bit()) != 0) {
        scopes.add(scope);
      }
    }
    return scopes;
  }

  /// Whether the key may be in the query.
  public boolean takesToken() {
    return this == READ_STREAM || this == CLAIM_STREAM;
  }

  boolean isWithin(int grantedBits) {
    return (scopeBits & ~grantedBits) == 0;
  }
}
