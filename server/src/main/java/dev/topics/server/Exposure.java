package dev.topics.server;

import java.net.InetAddress;
import java.net.UnknownHostException;

/// The rule that a server without keys listens on loopback only (http-api §9).
final class Exposure {
  private Exposure() {}

  /// @throws IllegalArgumentException if `options` break the rule; the message says what to do
  static void check(ServerOptions options) {
    if (!options.access().hasKeys() && !options.allowInsecure() && !isLoopback(options.host())) {
      throw new IllegalArgumentException(
          "%s is not a loopback address, and without keys anybody who reaches it may do anything;"
                  .formatted(options.host())
              + " listen on 127.0.0.1, set TOPICS_API_KEYS, "
              + "or set TOPICS_ALLOW_INSECURE_NO_AUTH=1 if that is meant");
    }
  }

  private static boolean isLoopback(String host) {
    try {
      for (InetAddress address : InetAddress.getAllByName(host)) {
        if (!address.isLoopbackAddress()) {
          return false;
        }
      }
      return true;
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("there is no host " + host, e);
    }
  }
}
