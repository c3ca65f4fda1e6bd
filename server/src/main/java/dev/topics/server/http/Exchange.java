package dev.topics.server.http;

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
  private static final byte[] NO_BYTES = {};

  private final HttpContext context;
  private final LoopState loop;
  private final RequestHead head;
  private @Nullable Route route;
  private List<String> parameters = List.of();
  private @Nullable BodyCollector collector;
  private byte[] body = NO_BYTES;
  private int bodyStart;
  private int bodyEnd;
  private @Nullable Problem verdict;
  private @Nullable Runnable onCancel;
  private boolean takesBody;
  private boolean gzip;
  private long receivedBytes;
  private long readyNanos;
  private boolean over;

  Exchange(HttpContext context, LoopState loop, RequestHead head) {
    this.context = context;
    this.loop = loop;
    this.head = head;
  }

  // ---- what the client sent

  public Method method() {
    return head.method();
  }

  /// The decoded value of the path parameter number `index`.
  public String parameter(int index) {
    return parameters.get(index);
  }

  public Query query() {
    return head.query();
  }

  /// The first header field `name` (lower case), or null.
  public @Nullable String header(AsciiString name) {
    return head.headers().get(name);
  }

  /// The array with the body, decoded, from [#bodyStart] to [#bodyEnd] (exclusive). Shared with
  /// other requests: valid until the handler returns.
  public byte[] body() {
    return body;
  }

  public int bodyStart() {
    return bodyStart;
  }

  public int bodyEnd() {
    return bodyEnd;
  }

  public int bodyBytes() {
    return bodyEnd - bodyStart;
  }

  /// Time since the request was complete.
  public long elapsedNanos() {
    return System.nanoTime() - readyNanos;
  }

  // ---- answering

  /// An empty buffer for the next answer. Reused: fill it and send it before anything else happens.
  public ByteOutput output() {
    return loop.output.clear();
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
      if (bytes.length() > GZIP_BYTES_MIN && head.acceptsGzip()) {
        write(status, contentType, headers, true, Gzip.compress(loop.allocator, bytes));
      } else {
        write(status, contentType, headers, bytes);
      }
    }
  }

  /// Answers with JSON out of a buffer of [#buffer], which it takes over.
  public void send(int status, ByteBuf json) {
    if (!finish(status, json.readableBytes())) {
      json.release();
    } else if (json.readableBytes() > GZIP_BYTES_MIN && head.acceptsGzip()) {
      write(status, HeadBlocks.JSON, Map.of(), true, Gzip.compress(loop.allocator, json));
    } else {
      write(status, HeadBlocks.JSON, Map.of(), false, json);
    }
  }

  /// Answers with an error.
  public void fail(Problem problem) {
    ByteOutput json = ProblemJson.write(problem, elapsedNanos(), output());
    send(problem.status(), HeadBlocks.JSON, problem.headers(), json);
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
      log.debug("the server closed before {} went on", route);
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

  /// Runs `action` if the client goes away, or the server closes, before the answer.
  public void onCancel(Runnable action) {
    onCancel = action;
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

  abstract void write(
      int status, String contentType, Map<String, String> headers, boolean gzip, ByteBuf bytes);

  RequestHead head() {
    return head;
  }

  LoopState loop() {
    return loop;
  }

  /// Decides what the head alone can decide.
  void admit() {
    try {
      Router.Match match = head.match(context.router());
      route = match.route();
      parameters = match.parameters();
      verdict = context.gate().check(match.route());
      if (verdict == null && head.hasBody()) {
        admitBody(match.route());
      }
    } catch (Rejected e) {
      verdict = e.problem();
    }
  }

  private void admitBody(Route matched) {
    long limitBytes = context.options().bodyBytesMax();
    if (head.bodyBytes() > limitBytes) {
      throw BodyCollector.tooLarge(limitBytes);
    }
    if (matched.body() == Route.BodyRule.IGNORED) {
      return;
    }
    String coding = head.contentCoding();
    if (coding != null && !coding.equals("gzip")) {
      throw Problem.of(
              ErrorCode.UNSUPPORTED_MEDIA_TYPE,
              "Content-Encoding may be gzip or absent, not " + coding)
          .withHeader("Accept-Encoding", "gzip")
          .rejected();
    }
    if (!head.isJson() && (head.bodyBytes() > 0 || matched.body() == Route.BodyRule.JSON)) {
      throw MediaType.unsupported(head);
    }
    gzip = coding != null;
    takesBody = true;
  }

  /// The body as a whole; `source` is shared.
  void body(byte[] source, int start, int end) {
    if (takesBody) {
      body = source;
      bodyStart = start;
      bodyEnd = end;
    }
  }

  /// Takes bytes of the body; false once there is no use in more.
  boolean receive(ByteBuf chunk) {
    long limitBytes = context.options().bodyBytesMax();
    receivedBytes += chunk.readableBytes();
    try {
      if (verdict == null && receivedBytes > limitBytes) {
        throw BodyCollector.tooLarge(limitBytes);
      } else if (verdict == null && takesBody) {
        BodyCollector collecting = collector;
        if (collecting == null) {
          collecting = new BodyCollector(limitBytes, head.bodyBytes(), gzip, context.budget());
          collector = collecting;
        }
        collecting.add(chunk);
      }
    } catch (Rejected e) {
      verdict = e.problem();
    }
    return verdict == null;
  }

  /// The request is complete.
  void complete() {
    BodyCollector collecting = collector;
    if (verdict == null && collecting != null) {
      try {
        collecting.finish();
        bodyEnd = collecting.length();
      } catch (Rejected e) {
        verdict = e.problem();
      }
    }
  }

  void verdict(Problem problem) {
    verdict = problem;
  }

  boolean decided() {
    return verdict != null;
  }

  /// Hands the request to its handler, or answers with what was decided before.
  void dispatch() {
    readyNanos = System.nanoTime();
    Problem decided = verdict;
    Route matched = route;
    try {
      if (decided != null || matched == null) {
        fail(decided == null ? Problem.of(ErrorCode.NOT_FOUND, "no route") : decided);
        return;
      }
      BodyCollector collected = collector;
      if (collected != null) {
        body = collected.toArray(loop.sharedBody);
        bodyStart = 0;
      }
      if (bodyBytes() == 0 && matched.body() == Route.BodyRule.JSON) {
        throw MediaType.missingBody(head);
      }
      if (bodyBytes() > 0 && !head.isJson()) {
        throw MediaType.unsupported(head);
      }
      matched.handler().handle(this);
    } catch (Throwable e) {
      failed(e);
    }
  }

  private void failed(Throwable failure) {
    if (failure instanceof Rejected rejected) {
      fail(rejected.problem());
    } else {
      fail(Failures.report(failure, route));
    }
  }

  /// Ends the exchange without an answer.
  void cancel() {
    if (!over) {
      over = true;
      release();
      runOnCancel();
    }
  }

  /// Ends an exchange that waits for something which may take long, with `problem` as the answer.
  void interrupt(Problem problem) {
    if (!over && onCancel != null) {
      runOnCancel();
      fail(problem);
    }
  }

  boolean interruptible() {
    return !over && onCancel != null;
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
    release();
    context.listener().answered(route, status, System.nanoTime() - readyNanos, bytesIn, bytesOut);
    return true;
  }

  private void release() {
    BodyCollector collected = collector;
    if (collected != null) {
      collector = null;
      collected.release();
    }
    body = NO_BYTES;
  }
}
