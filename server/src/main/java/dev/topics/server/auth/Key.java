package dev.topics.server.auth;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A key as the server knows it: never the key itself, only its digest, or the subject of a client
/// certificate that stands for it.
///
/// @param name fit for logs
/// @param digest null if only a certificate opens
/// @param subject as RFC 2253 writes it; null if only the key opens
/// @param prefixes of the names in reach; none means all names
public record Key(
    String name,
    @Nullable KeyDigest digest,
    @Nullable String subject,
    Set<Scope> scopes,
    List<String> prefixes) {

  public Key {
    scopes = Set.copyOf(scopes);
    prefixes = List.copyOf(prefixes);
  }

  Grant grant() {
    return new Grant(this);
  }
}
