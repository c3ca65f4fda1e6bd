package dev.topics.server.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One request of an HTTP/2 connection, from its head to the last byte of its answer.
///
/// A body that is refused is read past as long as it may be an honest mistake, then reset: some
/// clients drop an answer that a reset follows.
final class Http2Request extends ChannelInboundHandlerAdapter {
  private static final int BYTES_PER_SECOND_MIN = 16 << 10;

  private final HttpContext context;
  private final LoopState loop;
  private final Http2Connection connection;
  private final Channel channel;
  private @Nullable Http2Exchange exchange;
  private boolean complete;
  private boolean dispatched;
  private boolean answering;
  private int answerBytes;
  private long sinceNanos;
  private long takenNanos;
  private long bodyBytes;

  Http2Request(HttpContext context, LoopState loop, Http2Connection connection, Channel channel) {
    this.context = context;
    this.loop = loop;
    this.connection = connection;
    this.channel = channel;
  }

  Peer peer() {
    return connection.peer();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (message instanceof Http2HeadersFrame frame) {
        if (exchange == null) {
          head(ctx, frame);
        }
        endIf(frame.isEndStream());
      } else if (message instanceof Http2DataFrame frame) {
        data(ctx, frame);
        endIf(frame.isEndStream());
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void head(ChannelHandlerContext ctx, Http2HeadersFrame frame) {
    connection.started(this);
    sinceNanos = loop.nowNanos;
    Http2Headers fields = frame.headers();
    String target = String.valueOf(fields.path());
    Problem unreadable = null;
    RequestHead head = RequestHead.unreadable();
    try {
      RequestTarget.check(target);
      checkAuthority(fields);
      head =
          new RequestHead(
              new RequestLine(Method.of(fields.method()), target, false),
              new RequestFields(name -> field(fields, name), true),
              bodyBytes(fields, frame.isEndStream()));
    } catch (Rejected e) {
      unreadable = e.problem();
    }
    Http2Exchange started = new Http2Exchange(context, loop, head, ctx, this);
    exchange = started;
    if (unreadable != null) {
      started.request().decide(unreadable);
    } else {
      started.request().admit(peer());
    }
    if (started.request().isDecided()) {
      dispatch();
    }
  }

  private void data(ChannelHandlerContext ctx, Http2DataFrame frame) {
    Http2Exchange receiving = exchange;
    bodyBytes += frame.content().readableBytes();
    if (receiving != null && !dispatched && !receiving.request().receive(frame.content())) {
      dispatch();
    } else if (dispatched && bodyBytes > 2 * context.options().bodyBytesMax()) {
      var _ = ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR));
    }
  }

  private void endIf(boolean end) {
    Http2Exchange received = exchange;
    if (end && received != null && !complete) {
      complete = true;
      if (!dispatched) {
        received.request().complete();
        dispatch();
      }
    }
  }

  private void dispatch() {
    dispatched = true;
    connection.dispatch(this);
  }

  /// Hands the request to its handler.
  void handle() {
    Objects.requireNonNull(exchange).dispatch();
    if (connection.isDraining()) {
      interrupt();
    }
  }

  /// A name for the checks of access and another one for somebody behind us must not pass.
  private static void checkAuthority(Http2Headers fields) {
    List<CharSequence> hosts = new ArrayList<>(fields.getAll(HttpHeaderNames.HOST));
    if (fields.authority() != null) {
      hosts.add(fields.authority());
    }
    for (CharSequence host : hosts) {
      if (!HostField.isValid(host.toString())
          || !AsciiString.contentEqualsIgnoreCase(host, hosts.getFirst())) {
        throw Problem.invalid(":authority and host must be one host, and the same").rejected();
      }
    }
  }

  private static @Nullable String field(Http2Headers fields, AsciiString name) {
    CharSequence value = fields.get(name);
    if (value == null && name.equals(HttpHeaderNames.HOST)) {
      value = fields.authority();
    }
    return value == null ? null : value.toString();
  }

  private static long bodyBytes(Http2Headers fields, boolean end) {
    if (end) {
      return 0;
    }
    CharSequence length = fields.get(HttpHeaderNames.CONTENT_LENGTH);
    return length == null ? RequestHead.UNKNOWN : ContentLength.parse(length.toString());
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof Http2ResetFrame) {
      cancel();
    }
    ReferenceCountUtil.release(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    cancel();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof Http2Exception broken) {
      var _ = ctx.writeAndFlush(new DefaultHttp2ResetFrame(broken.error()));
    }
    var _ = ctx.close();
  }

  /// The answer is on its way: `written` tells when the client has taken all of it.
  ///
  /// @param heldBytes the memory that it takes until then
  void answering(ChannelFuture written, int bytes, int heldBytes) {
    answering = true;
    answerBytes = bytes;
    sinceNanos = loop.nowNanos;
    takenNanos = loop.nowNanos;
    connection.sending(heldBytes);
    written.addListener(done -> {
      connection.ended(this);
      connection.sent(heldBytes);
    });
  }

  /// The client has taken a piece of the answer.
  void pieceTaken() {
    takenNanos = loop.nowNanos;
  }

  /// A stream has ended.
  void streamEnded() {
    connection.ended(this);
  }

  private void cancel() {
    connection.ended(this);
    Http2Exchange cancelled = exchange;
    if (cancelled != null) {
      cancelled.cancel();
    }
  }

  void tick(long nowNanos) {
    HttpOptions options = context.options();
    if (exchange != null) {
      exchange.recheckKey();
    }
    Flow flow = exchange == null ? null : exchange.flow();
    if (flow != null) {
      flow.tick(nowNanos, options.stalledMillis());
    } else if (answering) {
      boolean stalled = nowNanos - takenNanos > options.stalledMillis() * 1_000_000;
      if (stalled || isPast(nowNanos, options.stalledMillis(), answerBytes)) {
        var _ = channel.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL));
      }
    } else if (!dispatched && isPast(nowNanos, options.bodyMillis(), bodyBytes)) {
      Http2Exchange slow = Objects.requireNonNull(exchange);
      slow.request().decide(Problem.invalid("the request body arrived too slowly"));
      dispatch();
    }
  }

  private boolean isPast(long nowNanos, long graceMillis, long bytes) {
    long allowedMillis = graceMillis + 1000 * (bytes / BYTES_PER_SECOND_MIN);
    return nowNanos - sinceNanos > allowedMillis * 1_000_000;
  }

  void interrupt() {
    Http2Exchange running = exchange;
    if (running != null) {
      running.interrupt(Problem.shuttingDown());
    }
  }
}
