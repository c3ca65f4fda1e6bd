package dev.topics.server.http;

import dev.topics.server.auth.TlsOptions;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/// An authority of its own and short-lived certificates of it.
final class Certificates {
  private final X509Bundle authority;

  Certificates(String name) throws Exception {
    authority = builder("CN=" + name).setIsCertificateAuthority(true).buildSelfSigned();
  }

  private static CertificateBuilder builder(String subject) {
    Instant now = Instant.now();
    return new CertificateBuilder()
        .ecp256()
        .subject(subject)
        .notBefore(now.minus(1, ChronoUnit.HOURS))
        .notAfter(now.plus(1, ChronoUnit.HOURS));
  }

  X509Bundle server(String name) throws Exception {
    return builder("CN=" + name)
        .addSanDnsName(name)
        .addExtendedKeyUsageServerAuth()
        .buildIssuedBy(authority);
  }

  X509Bundle expiredServer() throws Exception {
    return builder("CN=localhost")
        .addSanDnsName("localhost")
        .notAfter(Instant.now().minus(1, ChronoUnit.MINUTES))
        .buildIssuedBy(authority);
  }

  X509Bundle client(String subject, boolean expired) throws Exception {
    CertificateBuilder builder = builder(subject).addExtendedKeyUsageClientAuth();
    if (expired) {
      builder.notAfter(Instant.now().minus(1, ChronoUnit.MINUTES));
    }
    return builder.buildIssuedBy(authority);
  }

  /// The certificate of the authority.
  String pem() {
    return authority.getCertificatePEM();
  }

  /// Writes `certificate` and its key where `options` say.
  static void write(X509Bundle certificate, TlsOptions options) throws IOException {
    Files.writeString(options.certificate(), certificate.getCertificatePathPEM());
    Files.writeString(options.key(), certificate.getPrivateKeyPEM());
  }

  /// Files for `certificate` in `directory`; clients are asked for theirs if `clients` is given.
  static TlsOptions files(
      Path directory, X509Bundle certificate, @Nullable Certificates clients, boolean required)
      throws IOException {
    Path authorities = null;
    if (clients != null) {
      authorities = directory.resolve("clients.pem");
      Files.writeString(authorities, clients.authority.getCertificatePEM());
    }
    TlsOptions options =
        new TlsOptions(
            directory.resolve("cert.pem"), directory.resolve("key.pem"), authorities, required);
    write(certificate, options);
    return options;
  }

  /// What a client trusts and shows.
  SSLContext client(@Nullable X509Bundle own) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    KeyManager[] keys = own == null ? null : own.toKeyManagerFactory().getKeyManagers();
    context.init(keys, new TrustManager[] {authority.toTrustManager()}, null);
    return context;
  }
}
