package dev.topics.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// The file that tells others where a server listens; it is there whole or not at all.
final class PortFile {
  private PortFile() {}

  static void write(Path file, InetSocketAddress address) throws IOException {
    Path absolute = file.toAbsolutePath();
    Path draft = absolute.resolveSibling(absolute.getFileName() + ".tmp");
    Files.writeString(draft, show(address) + "\n");
    Files.move(
        draft, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /// `host:port`, with brackets around an IPv6 address.
  static String show(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }
}
