package dev.topics.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A WebSocket (RFC 6455): messages in both directions over what was an HTTP/1.1 connection.
///
/// Messages are written as the client takes them, as in an [EventStream]. Nothing more is read from
/// a client that takes nothing, or that has too many messages under way.
///
/// **Threading** the event loop of the connection, but for [#resume].
public final class WebSocket implements Flow {
  private static final Logger log = LoggerFactory.getLogger(WebSocket.class);
  private static final long PING_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(3);
  private static final int UNDER_WAY_MAX = 128;
  private static final int HEAD_BYTES_MAX = 10;
  private static final int COPIED_BYTES_MAX = 2048;
  private static final int REASON_BYTES_MAX = 123;

  static final int TEXT = 1;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  /// Why a socket is closed (RFC 6455 §7.4).
  static final int NORMAL = 1000;

  static final int GOING_AWAY = 1001;
  static final int PROTOCOL_ERROR = 1002;
  static final int POLICY_VIOLATION = 1008;
  static final int TOO_BIG = 1009;
  static final int FAILED = 1011;
  static final int COME_AGAIN = 1013;

  private final LoopState loop;
  private final Http1Connection connection;
  private final Http1Output out;
  private final SocketHandler handler;
  private final Runnable whenOver;
  private final Progress progress;
  private State state = State.OPEN;
  private boolean unflushed;
  private boolean waiting;
  private boolean paused;
  private int underWay;
  private long writtenNanos;

  private enum State {
    OPEN,
    /// The close frame is written; the client answers it, or time runs out.
    CLOSING,
    OVER
  }

  WebSocket(LoopState loop, Http1Connection connection, SocketHandler handler, Runnable whenOver) {
    this.loop = loop;
    this.connection = connection;
    out = connection.out();
    this.handler = handler;
    this.whenOver = whenOver;
    writtenNanos = System.nanoTime();
    progress = new Progress(writtenNanos);
  }

  /// Whether messages may still be written.
  public boolean isOpen() {
    return state == State.OPEN;
  }

  /// Whether the client has taken everything that was written.
  public boolean isWritable() {
    return state == State.OPEN && out.unsentBytes() == 0;
  }

  /// An empty buffer for the next message. Reused: fill it and write it before anything else.
  public ByteOutput output() {
    return loop.output.clear();
  }

  /// Writes a text message.
  public void write(ByteOutput text) {
    write(text, Unpooled.EMPTY_BUFFER);
  }

  /// Writes a text message out of `head`, then the readable bytes of `body`, which stays with the
  /// caller and unchanged from now on.
  public void write(ByteOutput head, ByteBuf body) {
    if (state != State.OPEN) {
      return;
    }
    int bodyBytes = body.readableBytes();
    boolean copied = bodyBytes <= COPIED_BYTES_MAX;
    int room = HEAD_BYTES_MAX + head.length() + (copied ? bodyBytes : 0);
    ByteBuf target = out.room(room);
    writeHead(TEXT, head.length() + bodyBytes, target);
    if (copied) {
      head.write(body, body.readerIndex(), bodyBytes);
    }
    head.copyTo(target);
    if (!copied) {
      out.write(body.retainedSlice());
    }
    unflushed = true;
  }

  private static void writeHead(int opcode, int length, ByteBuf target) {
    target.writeByte(0x80 | opcode);
    if (length < 126) {
      target.writeByte(length);
    } else if (length < 1 << 16) {
      target.writeByte(126).writeShort(length);
    } else {
      target.writeByte(127).writeLong(length);
    }
  }

  /// Sends what was written.
  public void flush() {
    if (unflushed) {
      unflushed = false;
      writtenNanos = System.nanoTime();
      out.flush();
      awaitTaken();
    }
  }

  private void awaitTaken() {
    if (!waiting && out.unsentBytes() > 0) {
      waiting = true;
      out.whenSent(this::sent);
    }
    regulate();
  }

  private void sent() {
    waiting = false;
    if (out.unsentBytes() > 0) {
      awaitTaken();
    } else {
      taken();
    }
  }

  /// A message begins to be worked on, which takes until [#done].
  public void begin() {
    underWay++;
    regulate();
  }

  public void done() {
    underWay--;
    regulate();
  }

  private void regulate() {
    boolean full = out.unsentBytes() > 0 || underWay >= UNDER_WAY_MAX;
    if (full != paused && state != State.OVER) {
      paused = full;
      connection.read(!full);
    }
  }

  /// Closes the socket behind what was written.
  void close(int code, String reason) {
    if (state == State.OPEN) {
      byte[] text = reason.getBytes(StandardCharsets.US_ASCII);
      int length = Math.min(text.length, REASON_BYTES_MAX);
      control(CLOSE, Unpooled.buffer().writeShort(code).writeBytes(text, 0, length));
      state = State.CLOSING;
      progress.made(System.nanoTime());
    }
  }

  /// Writes a control frame, whose payload it takes over.
  private void control(int opcode, ByteBuf payload) {
    ByteBuf target = out.room(2 + payload.readableBytes());
    writeHead(opcode, payload.readableBytes(), target);
    target.writeBytes(payload);
    payload.release();
    unflushed = true;
    flush();
  }

  /// Goes on with `action` on the event loop, from any thread, unless the socket is over by then.
  public void resume(Runnable action) {
    try {
      loop.loop.execute(() -> proceed(action));
    } catch (RejectedExecutionException e) {
      log.debug("the server closed before a socket went on");
    }
  }

  /// Runs `action` on the event loop, at once if this is its thread, unless the socket is over.
  public void onLoop(Runnable action) {
    if (loop.loop.inEventLoop()) {
      proceed(action);
    } else {
      resume(action);
    }
  }

  /// Runs `action` at once, unless the socket is over; what it throws ends the socket.
  public void proceed(Runnable action) {
    if (state == State.OPEN) {
      try {
        action.run();
      } catch (Throwable e) {
        broken(e);
      }
    }
  }

  /// Ends the socket because of a failure of ours.
  public void broken(Throwable failure) {
    handler.refused(Failures.report(failure, null));
    close(FAILED, "internal error");
  }

  /// The value of `local` that belongs to this event loop.
  public <T> T local(LoopLocal<T> local) {
    return loop.local(local);
  }

  // ---- input

  void text(byte[] bytes, int start, int end) {
    proceed(() -> handler.message(bytes, start, end));
  }

  void refuse(Problem why) {
    proceed(() -> handler.refused(why));
  }

  void ping(ByteBuf payload) {
    if (state == State.OPEN) {
      control(PONG, payload.retain());
    }
  }

  /// The client closes: the answer is its own code, and then the end.
  void closeReceived(int code) {
    close(code, "");
    finish();
  }

  /// Closes the socket without waiting for an answer, as what the client sends cannot be read.
  void end(Problem problem) {
    fail(problem);
    finish();
  }

  private void finish() {
    over();
    connection.finish();
  }

  // ---- driven by the connection

  @Override
  public void taken() {
    progress.made(System.nanoTime());
    regulate();
    proceed(handler::writable);
  }

  @Override
  public void lost() {
    over();
  }

  /// Without a close frame: an end that the protocol does not know.
  @Override
  public void inputShut() {
    connection.abort();
  }

  @Override
  public void fail(Problem problem) {
    refuse(problem);
    int code =
        switch (problem.code()) {
          case SHUTTING_DOWN -> GOING_AWAY;
          case UNAUTHORIZED -> POLICY_VIOLATION;
          default -> COME_AGAIN;
        };
    close(code, problem.message());
  }

  private void over() {
    if (state != State.OVER) {
      state = State.OVER;
      try {
        handler.closed();
      } catch (Throwable e) {
        log.error("a socket could not be closed", e);
      } finally {
        whenOver.run();
      }
    }
  }

  @Override
  public long tick(long nowNanos, long stalledMillis) {
    long unsent = out.unsentBytes();
    long stalledNanos = progress.stalledNanos(state == State.CLOSING ? 1 : unsent, nowNanos);
    if (state == State.CLOSING && stalledNanos > LINGER_NANOS) {
      connection.abort();
    } else if (state == State.OPEN && stalledNanos > TimeUnit.MILLISECONDS.toNanos(stalledMillis)) {
      fail(Problem.of(ErrorCode.THROTTLED, "nothing was taken for %d ms".formatted(stalledMillis)));
    } else if (state == State.OPEN && unsent == 0 && nowNanos - writtenNanos > PING_NANOS) {
      control(PING, Unpooled.EMPTY_BUFFER);
    }
    return 0;
  }
}
