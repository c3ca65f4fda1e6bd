package dev.topics.engine.watch;

import java.security.SecureRandom;
import java.util.Base64;

/// Names for sessions that nobody can guess.
public final class WatchEntropy {
  private static final int BYTES = 18;

  private final SecureRandom random = new SecureRandom();

  /// Random bits of the system.
  public WatchEntropy() {}

  /// A name with 144 random bits.
  String newName() {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return "wid_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
