package dev.topics.server.http;

import dev.topics.server.auth.TlsOptions;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The certificate of a server. A changed file holds for the handshakes that follow; connections
/// that are open go on with what they agreed on.
///
/// TLS 1.3 and 1.2, with the ciphers that HTTP/2 allows. OpenSSL does the work where it is
/// available, else the JDK.
///
/// **Threading** [#handler] any thread; [#reload] one at a time. **Failure** changed files that
/// make no sense leave the certificate as it was and are told in the log.
public final class Tls {
  private static final Logger log = LoggerFactory.getLogger(Tls.class);
  private static final long HANDSHAKE_SECONDS_MAX = 10;

  private final TlsOptions options;
  private final SslProvider provider;
  private List<byte[]> files;
  private volatile SslContext context;

  private Tls(TlsOptions options, SslProvider provider) throws IOException {
    this.options = options;
    this.provider = provider;
    files = read();
    try {
      context = context(files);
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /// Reads the files.
  ///
  /// @throws IOException if one cannot be read or makes no sense; the message says which
  public static Tls open(TlsOptions options) throws IOException {
    return open(options, OpenSsl.isAvailable());
  }

  /// The same with a choice of who does the work.
  static Tls open(TlsOptions options, boolean openSsl) throws IOException {
    return new Tls(options, openSsl ? SslProvider.OPENSSL : SslProvider.JDK);
  }

  private List<byte[]> read() throws IOException {
    Path authorities = options.clientAuthorities();
    return List.of(
        Files.readAllBytes(options.certificate()),
        Files.readAllBytes(options.key()),
        authorities == null ? new byte[0] : Files.readAllBytes(authorities));
  }

  private SslContext context(List<byte[]> pem) throws IOException {
    SslContextBuilder builder;
    try {
      builder =
          SslContextBuilder.forServer(
              new ByteArrayInputStream(pem.get(0)), new ByteArrayInputStream(pem.get(1)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "%s and %s are not a certificate and its key, both PEM, the key as PKCS 8 (openssl pkcs8"
                  .formatted(options.certificate(), options.key())
              + " -topk8 -nocrypt)",
          e);
    }
    builder
        .sslProvider(provider)
        .protocols("TLSv1.3", "TLSv1.2")
        .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
        .applicationProtocolConfig(
            new ApplicationProtocolConfig(
                Protocol.ALPN,
                SelectorFailureBehavior.NO_ADVERTISE,
                SelectedListenerFailureBehavior.ACCEPT,
                ApplicationProtocolNames.HTTP_2,
                ApplicationProtocolNames.HTTP_1_1));
    if (options.clientAuthorities() != null) {
      try {
        builder.trustManager(new ByteArrayInputStream(pem.get(2)));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            options.clientAuthorities() + " holds no certificates as PEM", e);
      }
      builder.clientAuth(options.clientsRequired() ? ClientAuth.REQUIRE : ClientAuth.OPTIONAL);
    }
    return builder.build();
  }

  /// Takes the files again if one has changed.
  ///
  /// @return whether the certificate is another one now
  public boolean reload() {
    try {
      List<byte[]> now = read();
      if (areSame(now, files)) {
        return false;
      }
      files = now;
      context = context(now);
      log.info("took the changed certificate of {}", options.certificate());
      return true;
    } catch (IOException | IllegalArgumentException e) {
      log.error("the certificate stays as it is: {}", e.toString());
      return false;
    }
  }

  private static boolean areSame(List<byte[]> one, List<byte[]> other) {
    for (int i = 0; i < one.size(); i++) {
      if (!Arrays.equals(one.get(i), other.get(i))) {
        return false;
      }
    }
    return true;
  }

  SslHandler handler(ByteBufAllocator allocator) {
    SslHandler handler = context.newHandler(allocator);
    handler.setHandshakeTimeout(HANDSHAKE_SECONDS_MAX, TimeUnit.SECONDS);
    return handler;
  }
}
