package dev.topics.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;

/// Netty's decoder of requests, at its strictest.
final class Http1Decoder extends HttpRequestDecoder {
  private static final int CHUNK_BYTES_MAX = 1 << 16;

  private final Http1Connection connection;
  private final HeadLines lines = new HeadLines();
  private boolean inHead = true;

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
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    if (inHead) {
      try {
        lines.check(in);
      } catch (Rejected e) {
        in.skipBytes(in.readableBytes());
        connection.malformed(e.problem());
        return;
      }
    }
    int before = out.size();
    super.decode(ctx, in, out);
    for (int i = before; i < out.size(); i++) {
      inHead = out.get(i) instanceof LastHttpContent;
      if (inHead) {
        lines.begin();
      }
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    connection.bytesArrived();
    super.channelRead(ctx, message);
  }
}
