package dev.topics.server.http;

import dev.topics.server.auth.Grant;
import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One request and its answer, the same over HTTP/1.1 and HTTP/2.
///
/// **Threading** the event loop of the connection. [#whenDone] comes back to it. **Failure**
/// exactly one answer; after a cancel, answers are dropped.
public abstract sealed class Exchange permits Http1Exchange, Http2Exchange {
  private static final Logger log = LoggerFactory.getLogger(Exchange.class);
  private static final int GZIP_BYTES_MIN = 1024;

  private final HttpContext context;
  private final LoopState loop;
  private final IncomingRequest request;
  private final Places places;
  private @Nullable Runnable onCancel;
  private boolean taking; // what it waits for is lost to others if the client has gone
  private long readyNanos;
  private boolean over;
  private boolean answered; // its answer was handed to the connection whole
  private @Nullable Flow flow;

  Exchange(HttpContext context, LoopState loop, RequestHead head) {
    this.context = context;
    this.loop = loop;
    request = new IncomingRequest(context, head);
    places = new Places(context.limits());
  }

  // ---- what the client sent

  public Method method() {
    return head().method();
  }

  /// The decoded value of the path parameter number `index`.
  public String parameter(int index) {
    return request.parameters().get(index);
  }

  /// The decoded values of all path parameters, in order.
  public List<String> parameters() {
    return request.parameters();
  }

  public Query query() {
    return head().query();
  }

  /// Whether the client names `mediaType` as welcome, and `other` as no more welcome.
  public boolean prefers(String mediaType, String other) {
    return head().prefers(mediaType, other);
  }

  /// The first header field `name` (lower case, not `content-length`), or null; each byte a
  /// character.
  public @Nullable String header(AsciiString name) {
    return head().headers().get(name);
  }

  /// The array with the body, decoded, from [#bodyStart] to [#bodyEnd] (exclusive). Shared with
  /// other requests: valid until the handler returns.
  public byte[] body() {
    return request.body().bytes();
  }

  public int bodyStart() {
    return request.body().start();
  }

  public int bodyEnd() {
    return request.body().end();
  }

  public int bodyBytes() {
    return request.body().length();
  }

  /// Time since the request was complete.
  public long elapsedNanos() {
    return System.nanoTime() - readyNanos;
  }

  /// What the client may do.
  public Grant grant() {
    return request.grant();
  }

  /// Who sent the request.
  public abstract Peer peer();

  // ---- answering

  /// An empty buffer for the next answer. Reused: fill it and send it before anything else happens.
  public ByteOutput output() {
    return loop.output.clear();
  }

  /// How long an answer may be now whose maker has a choice.
  ///
  /// @throws Rejected 429 if too much waits for clients that do not read
  public int answerBytesMax() {
    return context.unsent().answerBytesMax();
  }

  /// A buffer with room for `bytes` of body, to be sent with [#send(int, ByteBuf)] or released.
  public ByteBuf buffer(int bytes) {
    int gap = HeadBlocks.HEAD_BYTES_MAX;
    return loop.allocator.directBuffer(gap + bytes).setIndex(gap, gap);
  }

  /// Answers with JSON.
  public void send(int status, ByteOutput json) {
    send(status, HeadBlocks.JSON, Map.of(), json);
  }

  /// Answers with a body of any type.
  public void send(int status, String contentType, Map<String, String> headers, ByteOutput bytes) {
    if (finish(status, bytes.length())) {
      if (bytes.length() > GZIP_BYTES_MIN && head().acceptsGzip()) {
        write(
            status,
            contentType,
            request.shown(headers),
            true,
            Gzip.compress(loop.allocator, bytes));
      } else {
        write(status, contentType, request.shown(headers), bytes);
      }
      answered = true;
    }
  }

  /// Answers with JSON out of a buffer of [#buffer], which it takes over.
  public void send(int status, ByteBuf json) {
    if (!finish(status, json.readableBytes())) {
      json.release();
      return;
    }
    if (json.readableBytes() > GZIP_BYTES_MIN && head().acceptsGzip()) {
      write(
          status,
          HeadBlocks.JSON,
          request.shown(Map.of()),
          true,
          Gzip.compress(loop.allocator, json));
    } else {
      write(status, HeadBlocks.JSON, request.shown(Map.of()), false, json);
    }
    answered = true;
  }

  /// Answers with an error.
  public void fail(Problem problem) {
    ByteOutput json = ProblemJson.write(problem, elapsedNanos(), output());
    send(problem.status(), HeadBlocks.JSON, problem.headers(), json);
  }

  /// Answers with a stream of events, which `source` writes from then on.
  ///
  /// @param heartbeatMillis a comment is sent when nothing else was for so long
  /// @throws Rejected if the client does not take events
  public EventStream stream(StreamSource source, long heartbeatMillis) {
    head().checkAcceptsEvents();
    EventStream opened =
        goOn(200, () -> new EventStream(loop, wire(), source, heartbeatMillis, this::flowEnded));
    if (flow != null) {
      opened.open(method() == Method.HEAD);
    }
    return opened;
  }

  /// Answers with a WebSocket, which `handler` serves from then on.
  ///
  /// @throws Rejected if the request does not ask for one
  public WebSocket webSocket(SocketHandler handler) {
    String accept = WebSocketHandshake.accept(head());
    return goOn(101, () -> upgrade(accept, handler));
  }

  /// Goes on as what `maker` makes, in a place among the streams, unless the exchange is over.
  private <F extends Flow> F goOn(int status, Supplier<F> maker) {
    places.takeStream(grant().owner());
    try {
      F made = maker.get();
      if (finish(status, 0)) {
        flow = made;
        context.listener().streamBegan();
      }
      return made;
    } finally {
      if (flow == null) {
        places.giveStream();
      }
    }
  }

  private void flowEnded(long bytesOut) {
    places.giveStream();
    context.listener().streamEnded(bytesOut);
  }

  /// What ends a socket.
  Runnable whenSocketOver() {
    return () -> flowEnded(0);
  }

  /// Goes on with the value of `future` on the event loop, unless the exchange was cancelled.
  public <T> void whenDone(CompletableFuture<T> future, Consumer<? super T> then) {
    if (future.state() == Future.State.SUCCESS) {
      settle(future.resultNow(), null, then);
    } else {
      var _ =
          future.whenComplete(
              (value, failure) -> loop.loop.execute(() -> settle(value, failure, then)));
    }
  }

  /// Goes on with `action` on the event loop, from any thread, unless the exchange is over by then.
  public void resume(Runnable action) {
    try {
      loop.loop.execute(() -> settle(null, null, _ -> action.run()));
    } catch (RejectedExecutionException e) {
      log.debug("the server closed before {} went on", request.route());
    }
  }

  /// Goes on with `action` on the event loop after a while, unless the exchange is over by then.
  public Future<?> resumeAfter(long millis, Runnable action) {
    return loop.loop.schedule(
        () -> settle(null, null, _ -> action.run()), millis, TimeUnit.MILLISECONDS);
  }

  /// The value of `local` that belongs to this event loop.
  public <T> T local(LoopLocal<T> local) {
    return loop.local(local);
  }

  /// Runs `action`, and none set before, if the exchange ends without what it waits for: the client
  /// goes, the server closes, or a handler fails.
  public void onCancel(Runnable action) {
    onCancel = action;
    taking = false;
  }

  /// The same where others lose what the answer takes: a client that sends no more has gone then.
  public void onLeave(Runnable action) {
    onCancel(action);
    taking = true;
  }

  private <T extends @Nullable Object> void settle(
      T value, @Nullable Throwable failure, Consumer<? super T> then) {
    if (over) {
      return;
    }
    try {
      if (failure != null) {
        throw failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
      }
      then.accept(value);
    } catch (Throwable e) {
      failed(e);
    }
  }

  // ---- driven by the connection

  abstract void write(
      int status, String contentType, Map<String, String> headers, ByteOutput bytes);

  abstract StreamWire wire();

  /// Turns the connection into a WebSocket.
  abstract WebSocket upgrade(String accept, SocketHandler handler);

  abstract void write(
      int status, String contentType, Map<String, String> headers, boolean gzip, ByteBuf bytes);

  /// The answer if it is one that goes on, or null.
  @Nullable Flow flow() {
    return flow;
  }

  /// The client has taken all of a stream.
  void streamTaken() {
    Flow flowing = flow;
    if (flowing != null) {
      flowing.taken();
    }
  }

  RequestHead head() {
    return request.head();
  }

  IncomingRequest request() {
    return request;
  }

  LoopState loop() {
    return loop;
  }

  /// Hands the request to its handler, or answers with what was decided before.
  void dispatch() {
    readyNanos = System.nanoTime();
    try {
      if (request.isPreflight()) {
        Origins.answerPreflight(this);
        return;
      }
      Route route = request.opened(loop.sharedBody);
      places.takeRequest(grant().owner());
      route.handler().handle(this);
    } catch (Throwable e) {
      failed(e);
    }
  }

  private void failed(Throwable failure) {
    Problem problem =
        failure instanceof Rejected rejected
            ? rejected.problem()
            : Failures.report(failure, request.route());
    Flow flowing = flow;
    if (flowing != null) {
      flowing.fail(problem);
      return;
    }
    try {
      runOnCancel();
      fail(problem);
    } finally {
      if (!answered) {
        wire().abort();
      }
    }
  }

  /// Ends the exchange without an answer.
  void cancel() {
    Flow flowing = flow;
    if (flowing != null) {
      flowing.lost();
    } else if (!over) {
      over = true;
      try {
        runOnCancel();
      } finally {
        release();
      }
    }
  }

  /// Ends an exchange that waits for something which may take long, with `problem` as the answer.
  void interrupt(Problem problem) {
    Flow flowing = flow;
    if (flowing != null) {
      flowing.fail(problem);
    } else if (!over && onCancel != null) {
      runOnCancel();
      fail(problem);
    }
  }

  /// Ends what goes on, or waits, if the key that it was let in with does not allow that any more.
  void recheckKey() {
    Problem revoked = request.revocation();
    if (revoked != null) {
      interrupt(revoked);
    }
  }

  boolean interruptible() {
    return flow != null || (!over && onCancel != null);
  }

  /// Whether a client that sends no more is not to be waited for.
  boolean endsWithInput() {
    return taking || head().oldProtocol();
  }

  private void runOnCancel() {
    Runnable action = onCancel;
    onCancel = null;
    if (action != null) {
      action.run();
    }
  }

  private boolean finish(int status, int bytesOut) {
    if (over) {
      return false;
    }
    over = true;
    onCancel = null;
    int bytesIn = bodyBytes();
    Route route = request.route();
    release();
    if (AuditTrail.concerns(route, status)) {
      context.audit().answered(this, route, status);
    }
    context.listener().answered(route, status, System.nanoTime() - readyNanos, bytesIn, bytesOut);
    return true;
  }

  private void release() {
    places.giveRequest();
    request.body().release();
  }
}
