package dev.topics.server.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Goes on after the handshake with the protocol that both sides chose by ALPN.
final class TlsProtocol extends ApplicationProtocolNegotiationHandler {
  private static final Logger log = LoggerFactory.getLogger(TlsProtocol.class);

  private final BiConsumer<Channel, Boolean> speak;

  /// @param speak sets the channel up, for HTTP/2 if true
  TlsProtocol(BiConsumer<Channel, Boolean> speak) {
    super(ApplicationProtocolNames.HTTP_1_1);
    this.speak = speak;
  }

  @Override
  protected void configurePipeline(ChannelHandlerContext ctx, String protocol) {
    ctx.pipeline().remove(LingeringClose.class);
    speak.accept(ctx.channel(), protocol.equals(ApplicationProtocolNames.HTTP_2));
  }

  @Override
  protected void handshakeFailure(ChannelHandlerContext ctx, Throwable cause) {
    log.debug("a TLS handshake failed: {}", cause.toString());
    var _ = ctx.close();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    log.debug("a TLS connection failed before its first request: {}", cause.toString());
    var _ = ctx.close();
  }
}
