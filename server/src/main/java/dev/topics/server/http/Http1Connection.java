package dev.topics.server.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// An HTTP/1.1 connection: takes requests from whatever decodes them, handles one at a time,
/// answers in order.
///
/// Small answers are collected in one buffer that goes out when the input that caused them is used
/// up. Reading stops while too many requests wait, and handling stops while the client does not
/// take its answers.
///
/// The end of a connection lingers: after the last answer the output is shut, and input is thrown
/// away until the client closes or a deadline passes, so that no reset eats the answer.
final class Http1Connection extends Watched {
  private static final int WAITING_BODY_BYTES_MAX = 1 << 20;
  private static final int DRAINED_BYTES_MAX = 1 << 16;
  private static final int BODY_BYTES_PER_SECOND_MIN = 16 << 10;
  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(3);

  /// How often a client that sends no more is asked whether it is there, tick by tick: the answer
  /// to one is noticed with the next.
  private static final int LISTENING_CHECKS = 4;

  private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(US_ASCII);
  private final HttpContext context;
  private final LoopState loop;
  private final Channel channel;
  private final Peer peer;
  private final Http1Output out;
  private final ArrayDeque<Http1Exchange> waiting = new ArrayDeque<>();
  private long waitingBodyBytes;
  private @Nullable Http1Exchange incoming;
  private @Nullable Http1Exchange current;
  private boolean paused;
  private boolean reading;
  private boolean continueOwed;

  /// Takes back the body of a request that asks for HTTP/2 from who collects it; null for nobody.
  private @Nullable Runnable abandonUpgrade;

  private boolean dispatching;
  private boolean refusing;
  private boolean ending;
  private boolean inputShut;
  private int listeningChecks;
  private boolean draining;
  private boolean flushed;
  private long quietSinceNanos;
  private long headSinceNanos;
  private boolean headStarted;
  private long bodySinceNanos;
  private long bodyBytes;
  private final Progress progress;

  Http1Connection(HttpContext context, LoopState loop, Channel channel, Peer peer) {
    this.context = context;
    this.loop = loop;
    this.channel = channel;
    this.peer = peer;
    out = new Http1Output(loop, channel, context.unsent());
    quietSinceNanos = loop.nowNanos;
    progress = new Progress(loop.nowNanos);
  }

  Peer peer() {
    return peer;
  }

  Http1Output out() {
    return out;
  }

  // ---- input, from the decoder

  /// Whether nothing is on its way in either direction.
  boolean isIdle() {
    return incoming == null && current == null && waiting.isEmpty() && out.isEmpty() && !refusing;
  }

  /// Bytes arrived, not decoded yet.
  void bytesArrived() {
    reading = true;
    if (!ending) {
      quietSinceNanos = loop.nowNanos;
    }
    if (!headStarted && incoming == null && abandonUpgrade == null) {
      headStarted = true;
      headSinceNanos = loop.nowNanos;
    }
  }

  /// The head of a request.
  void head(RequestHead head) {
    headStarted = false;
    abandonUpgrade = null;
    if (refusing) {
      return;
    }
    Http1Exchange exchange = new Http1Exchange(this, context, loop, head);
    incoming = exchange;
    bodySinceNanos = loop.nowNanos;
    bodyBytes = 0;
    exchange.request().admit(peer);
    if (head.hasBody()) {
      if (exchange.request().isDecided()) {
        refuseBody(exchange);
      } else {
        continueOwed = head.expectsContinue() && !head.oldProtocol();
        continueInTurn();
      }
    }
  }

  /// Asks for a body that the client holds back, once all answers before its own are given.
  private void continueInTurn() {
    if (continueOwed && current == null && waiting.isEmpty() && !refusing) {
      continueOwed = false;
      writeContinue();
    }
  }

  private void writeContinue() {
    out.room(CONTINUE.length).writeBytes(CONTINUE);
  }

  /// A head that asks for HTTP/2 is here; `abandon` takes back its body, which is to follow.
  void upgradeBegins(Runnable abandon) {
    headStarted = false;
    abandonUpgrade = abandon;
    bodySinceNanos = loop.nowNanos;
    bodyBytes = 0;
  }

  /// Answers without waiting for the body: a small one is read past, a large one ends it all.
  private void refuseBody(Http1Exchange exchange) {
    RequestHead head = exchange.head();
    boolean small = head.bodyBytes() > 0 && head.bodyBytes() <= DRAINED_BYTES_MAX;
    if (!small || head.expectsContinue()) {
      refuseMore(exchange);
    }
  }

  /// A request at once, with its body in `source[bodyStart, bodyEnd)`, which is shared.
  void request(RequestHead head, byte[] source, int bodyStart, int bodyEnd) {
    headStarted = false;
    if (refusing) {
      return;
    }
    Http1Exchange exchange = new Http1Exchange(this, context, loop, head);
    exchange.request().admit(peer);
    if (current == null && waiting.isEmpty() && channel.isWritable()) {
      exchange.request().body().whole(source, bodyStart, bodyEnd);
    } else {
      exchange.request().copyBody(source, bodyStart, bodyEnd);
    }
    enqueue(exchange);
  }

  /// Bytes of the body of the last head.
  void content(ByteBuf chunk) {
    Http1Exchange exchange = incoming;
    if (exchange != null) {
      bodyBytes += chunk.readableBytes();
      continueOwed &= bodyBytes == 0;
      boolean wasDecided = exchange.request().isDecided();
      if (!exchange.request().receive(chunk) && !wasDecided) {
        refuseMore(exchange);
      }
    }
  }

  /// The request of the last head is complete.
  void end() {
    Http1Exchange exchange = incoming;
    if (exchange != null) {
      incoming = null;
      exchange.request().complete();
      enqueue(exchange);
    }
  }

  /// The input is not HTTP, or not HTTP that we take: the answer is the last one.
  void malformed(Problem problem) {
    Runnable abandon = abandonUpgrade;
    if (abandon != null) {
      abandonUpgrade = null;
      abandon.run();
    }
    if (!refusing) {
      Http1Exchange exchange = incoming;
      if (exchange == null) {
        exchange = new Http1Exchange(this, context, loop, RequestHead.unreadable());
      }
      exchange.request().decide(problem);
      refuseMore(exchange);
    }
  }

  /// Everything that arrived was decoded.
  void allDecoded() {
    reading = false;
    out.flush();
  }

  /// The client sends no more, but not all that it has sent is taken yet.
  void sendsNoMore() {
    inputShut = true;
    checkListening();
  }

  /// The client sends no more, and what it has sent is taken. It still gets the answers to that.
  void inputShut() {
    inputShut = true;
    Http1Exchange last = waiting.isEmpty() ? current : waiting.peekLast();
    if (flushed) {
      var _ = channel.close();
    } else if (last == null) {
      end(false);
    } else {
      last.makeLast();
      checkListening();
    }
  }

  /// Whether a client that sends no more is still there, if its answer may take long: one that has
  /// closed the connection altogether answers with a reset, and the next byte finds that out. It
  /// counts as gone where its answer takes something from others, and in HTTP/1.0, which has no
  /// bytes to ask with.
  private void checkListening() {
    Http1Exchange running = current;
    if (!inputShut || running == null || !running.interruptible()) {
      return;
    }
    Flow flow = running.flow();
    if (flow != null) {
      flow.inputShut();
    } else if (running.endsWithInput()) {
      running.cancel();
      finish();
    } else if (listeningChecks < LISTENING_CHECKS) {
      listeningChecks++;
      writeContinue();
      out.flush();
    }
  }

  /// The connection is gone.
  void closed() {
    loop.remove(this);
    refusing = true;
    Http1Exchange partial = incoming;
    Http1Exchange running = current;
    incoming = null;
    current = null;
    if (partial != null) {
      partial.cancel();
    }
    if (running != null) {
      running.cancel();
    }
    waiting.forEach(Exchange::cancel);
    waiting.clear();
    out.drop();
  }

  private void refuseMore(Http1Exchange exchange) {
    refusing = true;
    incoming = null;
    exchange.makeLast();
    enqueue(exchange);
  }

  // ---- one request after the other

  private void enqueue(Http1Exchange exchange) {
    waiting.add(exchange);
    waitingBodyBytes += exchange.bodyBytes();
    dispatch();
  }

  /// Handles what waits, as long as answers come at once and the client takes them.
  void dispatch() {
    if (dispatching) {
      return;
    }
    dispatching = true;
    while (current == null && !ending && !waiting.isEmpty() && channel.isWritable()) {
      Http1Exchange next = waiting.remove();
      waitingBodyBytes -= next.bodyBytes();
      current = next;
      if (draining && waiting.isEmpty() && incoming == null) {
        next.makeLast();
      }
      next.dispatch();
      if (draining) {
        next.interrupt(Problem.shuttingDown());
      }
      checkListening();
    }
    dispatching = false;
    continueInTurn();
    if (!reading) {
      out.flush();
    }
    regulateReading();
  }

  /// Whether enough requests wait; no more should be read then.
  boolean isFull() {
    return waiting.size() >= context.options().pipelinedMax()
        || waitingBodyBytes > WAITING_BODY_BYTES_MAX;
  }

  private void regulateReading() {
    boolean full = isFull();
    if (paused != full) {
      paused = full;
      if (!(channel instanceof DuplexChannel duplex && duplex.isInputShutdown())) {
        channel.config().setAutoRead(!full);
      }
      if (!full) {
        channel.pipeline().fireUserEventTriggered(Room.AGAIN);
      }
    }
  }

  // ---- output

  /// Writes the answer of the request in progress.
  void write(Http1Exchange exchange, int status, HeadBlocks.Shape shape, ByteOutput body) {
    ByteOutput head = loop.heads.head(status, body.length(), shape);
    boolean bodyWanted = exchange.method() != Method.HEAD;
    ByteBuf target = out.room(head.length() + (bodyWanted ? body.length() : 0));
    head.copyTo(target);
    if (bodyWanted) {
      body.copyTo(target);
    }
    answered(exchange);
  }

  /// The same with a body in a buffer that has room for the head before it.
  void write(Http1Exchange exchange, int status, HeadBlocks.Shape shape, ByteBuf body) {
    ByteOutput head = loop.heads.head(status, body.readableBytes(), shape);
    if (exchange.method() == Method.HEAD) {
      body.setIndex(body.readerIndex(), body.readerIndex());
    }
    int start = body.readerIndex() - head.length();
    int end = body.writerIndex();
    head.copyTo(body.setIndex(start, start));
    body.writerIndex(end);
    out.writeAnswer(body);
    answered(exchange);
  }

  /// The answer of the request in progress is complete.
  void answered(Http1Exchange exchange) {
    if (exchange != current) {
      throw new IllegalStateException("an answer out of turn");
    }
    current = null;
    listeningChecks = 0;
    quietSinceNanos = loop.nowNanos;
    if (exchange.last()) {
      end(false);
    } else {
      dispatch();
    }
  }

  /// Closes at once, whatever was not sent.
  void abort() {
    var _ = channel.close();
  }

  /// Stops or goes on reading.
  void read(boolean on) {
    channel.config().setAutoRead(on);
  }

  /// Ends the connection behind what was written.
  void finish() {
    current = null;
    end(false);
  }

  /// Speaks WebSocket from now on.
  WebSocket upgrade(Http1Exchange exchange, String accept, SocketHandler handler) {
    byte[] answer = HeadBlocks.switching(accept);
    out.room(answer.length).writeBytes(answer);
    refusing = true;
    WebSocket socket = new WebSocket(loop, this, handler, exchange.whenSocketOver());
    WebSocketInput.install(channel.pipeline(), socket, this, context.budget());
    out.flush();
    return socket;
  }

  private void end(boolean atOnce) {
    if (ending) {
      return;
    }
    ending = true;
    refusing = true;
    waiting.forEach(Exchange::cancel);
    waiting.clear();
    waitingBodyBytes = 0;
    var _ = out.flushed().addListener(_ -> linger(atOnce));
  }

  private void linger(boolean atOnce) {
    if (inputShut || atOnce || !(channel instanceof DuplexChannel duplex)) {
      var _ = channel.close();
    } else {
      flushed = true;
      quietSinceNanos = System.nanoTime();
      SslHandler tls = channel.pipeline().get(SslHandler.class);
      var _ = tls == null ? duplex.shutdownOutput() : tls.closeOutbound();
      channel.config().setAutoRead(true);
    }
  }

  // ---- time

  @Override
  long tick(long nowNanos) {
    HttpOptions options = context.options();
    if (current != null) {
      current.recheckKey();
    }
    Flow flow = current == null ? null : current.flow();
    if (flow != null) {
      return flow.tick(nowNanos, options.stalledMillis());
    }
    checkListening();
    closeIfSilent(nowNanos, options);
    return 0;
  }

  private void closeIfSilent(long nowNanos, HttpOptions options) {
    boolean lingered = flushed && nowNanos - quietSinceNanos > LINGER_NANOS;
    long stalledNanos = progress.stalledNanos(out.unsentBytes(), nowNanos);
    if (lingered || isPast(stalledNanos, 0, options.stalledMillis())) {
      var _ = channel.close();
    } else if (incoming != null || abandonUpgrade != null) {
      long allowed = options.bodyMillis() + 1000 * (bodyBytes / BODY_BYTES_PER_SECOND_MIN);
      if (isPast(nowNanos, bodySinceNanos, allowed)) {
        malformed(Problem.invalid("the request body arrived too slowly"));
      }
    } else if (headStarted && isPast(nowNanos, headSinceNanos, options.headMillis())) {
      malformed(Problem.invalid("the head of the request did not arrive in time"));
    } else if (!ending
        && current == null
        && waiting.isEmpty()
        && isPast(nowNanos, quietSinceNanos, options.idleMillis())) {
      end(true);
    }
  }

  private static boolean isPast(long nowNanos, long sinceNanos, long millis) {
    return nowNanos - sinceNanos > TimeUnit.MILLISECONDS.toNanos(millis);
  }

  @Override
  void drain() {
    draining = true;
    Http1Exchange running = current;
    if (running == null && waiting.isEmpty() && incoming == null) {
      end(true);
    } else if (running != null) {
      if (waiting.isEmpty() && incoming == null) {
        running.makeLast();
      }
      running.interrupt(Problem.shuttingDown());
    }
  }
}
