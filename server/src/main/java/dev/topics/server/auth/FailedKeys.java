package dev.topics.server.auth;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;

/// Slows down addresses that try keys: each may fail a number of times at once, and once more for
/// each second that passes.
///
/// An address that has used that up is not answered whether a key is right, so guessing gets no
/// faster with more connections. Addresses of IPv6 count by their network of 64 bits. Only the
/// addresses that failed last are remembered.
///
/// **Threading** any thread.
public final class FailedKeys {
  private static final int ADDRESSES_MAX = 10_000;
  private static final long NANOS_PER_FAILURE = 1_000_000_000L;

  private final int failuresMax;

  /// When all failures of an address will be forgotten.
  private final LinkedHashMap<Long, Long> forgottenNanos = new LinkedHashMap<>(16, 0.75f, true);

  /// @param failuresMax at once; 0 for any number
  public FailedKeys(int failuresMax) {
    this.failuresMax = failuresMax;
  }

  /// How many seconds `address` has to wait before its next key is looked at; 0 for not at all.
  public long waitSeconds(InetAddress address, long nowNanos) {
    if (failuresMax == 0) {
      return 0;
    }
    synchronized (this) {
      if (forgottenNanos.isEmpty()) {
        return 0;
      }
      Long forgotten = forgottenNanos.get(network(address));
      if (forgotten == null) {
        return 0;
      }
      long over = forgotten - nowNanos - (failuresMax - 1) * NANOS_PER_FAILURE;
      return over <= 0 ? 0 : (over + NANOS_PER_FAILURE - 1) / NANOS_PER_FAILURE;
    }
  }

  /// `address` presented a key that is none.
  public void failed(InetAddress address, long nowNanos) {
    if (failuresMax == 0) {
      return;
    }
    synchronized (this) {
      long network = network(address);
      Long forgotten = forgottenNanos.get(network);
      long start = forgotten == null || forgotten - nowNanos < 0 ? nowNanos : forgotten;
      forgottenNanos.put(network, start + NANOS_PER_FAILURE);
      if (forgottenNanos.size() > ADDRESSES_MAX) {
        forgottenNanos.pollFirstEntry();
      }
    }
  }

  private static long network(InetAddress address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    return address instanceof Inet6Address ? bytes.getLong() : bytes.getInt();
  }
}
