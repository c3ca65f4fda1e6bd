package dev.topics.server.http;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/// The other end of a connection.
///
/// @param subject of its certificate, as RFC 2253 writes it; null if it showed none
public record Peer(InetAddress address, @Nullable String subject) {
  static Peer of(Channel channel) {
    InetAddress address =
        channel.remoteAddress() instanceof InetSocketAddress remote
            ? remote.getAddress()
            : InetAddress.getLoopbackAddress();
    return new Peer(address, subject(channel.pipeline().get(SslHandler.class)));
  }

  private static @Nullable String subject(@Nullable SslHandler tls) {
    if (tls == null) {
      return null;
    }
    try {
      Certificate[] chain = tls.engine().getSession().getPeerCertificates();
      return chain[0] instanceof X509Certificate certificate
          ? certificate.getSubjectX500Principal().getName()
          : null;
    } catch (SSLPeerUnverifiedException e) {
      return null;
    }
  }
}
