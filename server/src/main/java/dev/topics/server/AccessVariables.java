package dev.topics.server;

import dev.topics.server.auth.Keys;
import dev.topics.server.http.AccessOptions;
import dev.topics.server.http.AuditTrail;
import dev.topics.server.limits.ConnectionLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Whose requests a server serves, as its variables say it (http-api §9).
///
/// @param apiKeys as in `TOPICS_API_KEYS`; "" for none
/// @param keysFile more of them, as digests
/// @param probeKeys whether health and readiness ask for a key as well
/// @param failedKeysMax wrong keys of one address at once; 0 for any number
/// @param hosts more names of the server
/// @param origins of pages that may use it
/// @param limits of what clients hold at once
/// @param auditLog a file, or null for none
public record AccessVariables(
    String apiKeys,
    @Nullable Path keysFile,
    boolean probeKeys,
    int failedKeysMax,
    Set<String> hosts,
    Set<String> origins,
    ConnectionLimits limits,
    @Nullable Path auditLog) {

  public AccessVariables {
    hosts = Set.copyOf(hosts);
    origins = Set.copyOf(origins);
  }

  /// Whether there are keys, so that not everybody may do anything.
  public boolean hasKeys() {
    return !apiKeys.isEmpty() || keysFile != null;
  }

  AccessOptions open(AuditTrail audit) throws IOException {
    return new AccessOptions(
        Keys.open(apiKeys, keysFile), probeKeys, failedKeysMax, hosts, origins, limits, audit);
  }

  /// Shows nothing of a key.
  @Override
  public String toString() {
    return hasKeys() ? "with keys" : "without keys";
  }
}
