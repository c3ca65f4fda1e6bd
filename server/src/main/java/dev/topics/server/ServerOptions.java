package dev.topics.server;

import dev.topics.engine.json.WriteLimits;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How a server runs: where it listens, where its data is, and what one request may ask for
/// (http-api §11 and §12).
///
/// @param host a name or an address, without a port
/// @param port 0 for any free one
/// @param portFile receives `host:port` once the server listens
/// @param allowInsecure whether to listen beyond loopback although anybody may do anything
/// @param bodyBytesMax of a request, decoded
/// @param limitMax records of one read
/// @param ignored variables that were given and mean nothing here
public record ServerOptions(
    String host,
    int port,
    @Nullable Path portFile,
    Path dataDirectory,
    boolean allowInsecure,
    long bodyBytesMax,
    int limitMax,
    WriteLimits writeLimits,
    List<String> ignored) {

  private static final int PORT_MAX = 65_535;

  public ServerOptions {
    if (host.isEmpty()) {
      throw new IllegalArgumentException("the host must not be empty");
    }
    if (port < 0 || port > PORT_MAX) {
      throw new IllegalArgumentException("the port must be from 0 to 65535, not " + port);
    }
    ignored = List.copyOf(ignored);
  }

  /// What a server does when nobody says otherwise.
  public static ServerOptions defaults() {
    return fromVariables(Map.of());
  }

  /// What the variables of http-api §11 and §12 say, by their names.
  ///
  /// @throws IllegalArgumentException for a value without sense; the message names the variable
  public static ServerOptions fromVariables(Map<String, String> variables) {
    return new ServerVariables(variables).options();
  }

  /// The same on another port; 0 for any free one.
  public ServerOptions withPort(int newPort) {
    return new ServerOptions(
        host,
        newPort,
        portFile,
        dataDirectory,
        allowInsecure,
        bodyBytesMax,
        limitMax,
        writeLimits,
        ignored);
  }

  /// The same over other data.
  public ServerOptions withDataDirectory(Path directory) {
    return new ServerOptions(
        host,
        port,
        portFile,
        directory,
        allowInsecure,
        bodyBytesMax,
        limitMax,
        writeLimits,
        ignored);
  }
}
