package dev.topics.engine.model;

import java.nio.charset.StandardCharsets;

/// The token of a lease, which fences: no other lease ever has the same, because it holds the boot
/// epoch of the engine and counts within it. Clients see `lease_` and 16 hexadecimal digits.
public final class LeaseToken {
  /// Stands for whichever lease there is.
  public static final long ANY = 0;

  /// The token of no lease.
  public static final long NONE = -1;

  private static final String PREFIX = "lease_";
  private static final byte[] PREFIX_BYTES = PREFIX.getBytes(StandardCharsets.US_ASCII);
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final int DIGITS = 16;
  private static final int COUNT_BITS = 40;

  /// How long a token is as clients see it.
  public static final int TEXT_BYTES = PREFIX_BYTES.length + DIGITS;

  private LeaseToken() {}

  /// The first token of the run `bootEpoch`.
  public static long first(int bootEpoch) {
    return ((long) bootEpoch << COUNT_BITS) + 1;
  }

  /// Writes `token` as clients see it to `target[at]`; returns the index behind it.
  public static int write(long token, byte[] target, int at) {
    System.arraycopy(PREFIX_BYTES, 0, target, at, PREFIX_BYTES.length);
    int end = at + TEXT_BYTES;
    long rest = token;
    for (int i = end - 1; i >= at + PREFIX_BYTES.length; i--) {
      target[i] = HEX[(int) rest & 0xF];
      rest >>>= 4;
    }
    return end;
  }

  /// The token that clients see as `text`; [#NONE] if that is no token.
  public static long parse(String text) {
    if (text.length() != PREFIX.length() + DIGITS || !text.startsWith(PREFIX)) {
      return NONE;
    }
    long token = 0;
    for (int i = PREFIX.length(); i < text.length(); i++) {
      char c = text.charAt(i);
      boolean digit = c >= '0' && c <= '9';
      if (!digit && (c < 'a' || c > 'f')) {
        return NONE;
      }
      token = token << 4 | (digit ? c - '0' : c - 'a' + 10);
    }
    return token > 0 ? token : NONE;
  }
}
