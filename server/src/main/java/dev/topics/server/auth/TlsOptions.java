package dev.topics.server.auth;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The files of a server that speaks TLS, all PEM.
///
/// @param certificate of the server, and the chain behind it
/// @param key of the certificate, PKCS 8, not encrypted
/// @param clientAuthorities whose certificates of clients count; null asks clients for none
/// @param clientsRequired whether a client without a certificate is refused
public record TlsOptions(
    Path certificate, Path key, @Nullable Path clientAuthorities, boolean clientsRequired) {}
