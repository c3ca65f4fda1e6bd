package dev.topics.server.http;

import dev.topics.server.auth.Keys;
import dev.topics.server.limits.ConnectionLimits;
import java.util.Set;

/// Who may talk to a server, and how much at once (http-api §9, §11).
///
/// @param probeKeys whether [dev.topics.server.auth.Permission#PROBE] asks for a key
/// @param failedKeysMax of one address at once; 0 for any number
/// @param hosts names that the server is known by, lower case, without port; `*` for any
/// @param origins of pages that may use the server from a browser, as in the header `Origin`; `*`
///   for any
/// @param limits of what clients hold at once
/// @param audit hears of what was done and refused
public record AccessOptions(
    Keys keys,
    boolean probeKeys,
    int failedKeysMax,
    Set<String> hosts,
    Set<String> origins,
    ConnectionLimits limits,
    AuditTrail audit) {

  /// How many keys an address may get wrong at once, if nobody says otherwise.
  public static final int FAILED_KEYS_MAX = 50;

  public AccessOptions {
    hosts = Set.copyOf(hosts);
    origins = Set.copyOf(origins);
  }

  /// No keys, and no names but those that every server has.
  public static AccessOptions open() {
    return new AccessOptions(
        Keys.none(),
        false,
        FAILED_KEYS_MAX,
        Set.of(),
        Set.of(),
        ConnectionLimits.defaults(),
        AuditTrail.NONE);
  }
}
