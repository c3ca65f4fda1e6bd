package dev.topics.server.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.ContentLengthNotAllowedException;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.InvalidChunkTerminationException;
import io.netty.handler.codec.http.InvalidLineSeparatorException;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Checks what Netty's decoder yields against what it lets through, and hands it to the connection.
final class Http1Reader extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(Http1Reader.class);

  private static final Problem BOTH_LENGTHS =
      Problem.invalid("a request has Content-Length or Transfer-Encoding, not both");

  private final Http1Connection connection;
  private final H2cUpgrade upgrade;

  Http1Reader(Http1Connection connection, H2cUpgrade upgrade) {
    this.connection = connection;
    this.upgrade = upgrade;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof FullHttpRequest) {
      upgrade.abandon(ctx.pipeline());
    } else if (message instanceof HttpRequest request
        && isWellFormed(request)
        && upgrade.isWantedBy(request)) {
      upgrade.start(ctx, request);
      return;
    }
    try {
      read((HttpObject) message);
    } catch (Rejected e) {
      connection.malformed(e.problem());
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private static boolean isWellFormed(HttpRequest request) {
    try {
      return head(request).bodyBytes() >= 0;
    } catch (Rejected e) {
      return false;
    }
  }

  private void read(HttpObject message) {
    DecoderResult result = message.decoderResult();
    if (result.isFailure()) {
      if (message instanceof HttpRequest request) {
        contentLength(request.headers());
      }
      connection.malformed(problem(result.cause()));
      return;
    }
    if (message instanceof HttpRequest request) {
      connection.head(head(request));
    }
    if (message instanceof HttpContent content) {
      connection.content(content.content());
    }
    if (message instanceof LastHttpContent) {
      connection.end();
    }
  }

  private static RequestHead head(HttpRequest request) {
    HttpHeaders fields = request.headers();
    HttpVersion version = request.protocolVersion();
    boolean old = version.equals(HttpVersion.HTTP_1_0);
    if (!old && !version.equals(HttpVersion.HTTP_1_1)) {
      throw Problem.invalid("the protocol is " + version.text() + "; this is HTTP/1.1").rejected();
    }
    List<String> hosts = fields.getAll(HttpHeaderNames.HOST);
    if (hosts.size() > 1 || (hosts.isEmpty() && !old)) {
      throw Problem.invalid("a request of HTTP/1.1 has exactly one Host header").rejected();
    }
    if (!hosts.isEmpty() && !HostField.isValid(hosts.getFirst())) {
      throw Problem.invalid("the Host header is no host").rejected();
    }
    RequestTarget.check(request.uri());
    return new RequestHead(
        new RequestLine(Method.of(request.method().name()), request.uri(), old),
        new RequestFields(fields::get, HttpUtil.isKeepAlive(request)),
        bodyBytes(fields));
  }

  private static long bodyBytes(HttpHeaders fields) {
    List<String> codings = fields.getAll(HttpHeaderNames.TRANSFER_ENCODING);
    long length = contentLength(fields);
    if (codings.isEmpty()) {
      return Math.max(0, length);
    }
    if (length >= 0) {
      throw BOTH_LENGTHS.rejected();
    }
    if (codings.size() > 1 || !codings.getFirst().equalsIgnoreCase("chunked")) {
      throw Problem.invalid("the only Transfer-Encoding here is chunked").rejected();
    }
    return RequestHead.UNKNOWN;
  }

  /// What Content-Length says, -1 if there is none.
  private static long contentLength(HttpHeaders fields) {
    List<String> lengths = fields.getAll(HttpHeaderNames.CONTENT_LENGTH);
    if (lengths.size() > 1) {
      throw Problem.invalid("a request has one Content-Length, not several").rejected();
    }
    return lengths.isEmpty() ? -1 : ContentLength.parse(lengths.getFirst());
  }

  private static Problem problem(Throwable cause) {
    return switch (cause) {
      case TooLongFrameException _ ->
          Problem.invalid("the request line and headers are longer than 16 KiB");
      case ContentLengthNotAllowedException _ -> BOTH_LENGTHS;
      case InvalidLineSeparatorException _ -> malformed(": a line ends with LF, not with CR LF");
      case InvalidChunkTerminationException _ ->
          malformed(": behind the bytes of a chunk, as many as its size says, comes CR LF");
      case NumberFormatException _ ->
          malformed(": the size of a chunk is a hexadecimal number up to 7fffffff");
      default -> malformed("");
    };
  }

  private static Problem malformed(String why) {
    return Problem.invalid("this is not a well-formed HTTP/1.1 request" + why);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    connection.allDecoded();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    connection.dispatch();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    connection.closed();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      connection.inputShut();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof DecoderException) {
      connection.malformed(problem(cause));
    } else {
      if (!(cause instanceof IOException)) {
        log.error("a connection failed and is closed", cause);
      }
      var _ = ctx.close();
    }
  }
}
