package dev.topics.server;

import dev.topics.engine.json.WriteLimits;
import dev.topics.engine.model.Quota;
import dev.topics.server.auth.TlsOptions;
import dev.topics.server.limits.WatchLimits;
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
/// @param cold null to keep all data in the data directory
/// @param allowInsecure whether to listen beyond loopback although anybody may do anything
/// @param access whose requests are served
/// @param tls null to speak in the clear
/// @param bodyBytesMax of a request, decoded
/// @param watchLimits of reads and watches
/// @param claimMax most jobs of one claim, and under way on one stream
/// @param maxRouters most routers
/// @param quota what all topics together may hold
/// @param ignored variables that were given and mean nothing here
public record ServerOptions(
    String host,
    int port,
    @Nullable Path portFile,
    Path dataDirectory,
    @Nullable ColdOptions cold,
    boolean allowInsecure,
    AccessVariables access,
    @Nullable TlsOptions tls,
    long bodyBytesMax,
    WatchLimits watchLimits,
    WriteLimits writeLimits,
    int claimMax,
    int maxRouters,
    Quota quota,
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

  /// Every setting there is, by the name of its variable, with the value that is in force.
  ///
  /// @throws IllegalArgumentException for a value without sense; the message names the variable
  public static Map<String, String> settings(Map<String, String> variables) {
    ServerVariables read = new ServerVariables(variables);
    var _ = read.options();
    return read.settings();
  }

  /// The same on another port; 0 for any free one.
  public ServerOptions withPort(int newPort) {
    return new ServerOptions(
        host,
        newPort,
        portFile,
        dataDirectory,
        cold,
        allowInsecure,
        access,
        tls,
        bodyBytesMax,
        watchLimits,
        writeLimits,
        claimMax,
        maxRouters,
        quota,
        ignored);
  }

  /// The same over other data.
  public ServerOptions withDataDirectory(Path directory) {
    return new ServerOptions(
        host,
        port,
        portFile,
        directory,
        cold,
        allowInsecure,
        access,
        tls,
        bodyBytesMax,
        watchLimits,
        writeLimits,
        claimMax,
        maxRouters,
        quota,
        ignored);
  }
}
