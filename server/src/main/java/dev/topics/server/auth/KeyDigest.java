package dev.topics.server.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// The SHA-256 of a key: all that is kept of it.
public final class KeyDigest {
  private static final int BYTES = 32;
  private static final int SHOWN_CHARACTERS = 8;

  private final byte[] bytes;

  private KeyDigest(byte[] bytes) {
    this.bytes = bytes;
  }

  /// The digest of a key as clients send it.
  public static KeyDigest of(String key) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return new KeyDigest(sha256.digest(key.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /// The digest that [#hex] shows.
  ///
  /// @throws IllegalArgumentException if `hex` is not 64 hex digits
  public static KeyDigest parse(String hex) {
    if (hex.length() != 2 * BYTES) {
      throw new IllegalArgumentException("a SHA-256 digest has 64 hex digits");
    }
    return new KeyDigest(HexFormat.of().parseHex(hex));
  }

  byte[] bytes() {
    return bytes.clone();
  }

  /// The digest as 64 hex digits.
  public String hex() {
    return HexFormat.of().formatHex(bytes);
  }

  /// Enough of the digest to tell keys apart in a log.
  public String shortHex() {
    return hex().substring(0, SHOWN_CHARACTERS);
  }

  /// Takes the same time wherever the two differ.
  @Override
  public boolean equals(Object other) {
    return other instanceof KeyDigest digest && MessageDigest.isEqual(bytes, digest.bytes);
  }

  @Override
  public int hashCode() {
    return HexFormat.fromHexDigits(hex(), 0, SHOWN_CHARACTERS);
  }

  @Override
  public String toString() {
    return "sha256:" + shortHex() + "…";
  }
}
