package dev.topics.server.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;

/// Netty's decoder of requests, at its strictest.
final class Http1Decoder extends HttpRequestDecoder {
  private static final int CHUNK_BYTES_MAX = 1 << 16;

  private final Http1Connection connection;

  Http1Decoder(Http1Connection connection, int headBytesMax) {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(headBytesMax)
            .setMaxHeaderSize(headBytesMax)
            .setMaxChunkSize(CHUNK_BYTES_MAX)
            .setAllowDuplicateContentLengths(false)
            .setStrictLineParsing(true)
            .setUseRfc9112TransferEncoding(true)
            .setValidateHeaders(true));
    this.connection = connection;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    connection.bytesArrived();
    super.channelRead(ctx, message);
  }
}
