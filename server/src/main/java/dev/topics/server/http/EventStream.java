package dev.topics.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An answer without an end: Server-Sent Events (http-api §6.3), over HTTP/1.1 and HTTP/2 alike.
///
/// Nothing is queued: a source writes one event while [#isWritable], and the next one when the
/// client has taken it. So a slow client costs no more than one event and its place in the source.
/// Heartbeats, and the end of a client that takes nothing for too long, are done here.
///
/// **Threading** the event loop of the connection, but for [#resume].
public final class EventStream implements Flow {
  private static final Logger log = LoggerFactory.getLogger(EventStream.class);
  private static final String CONTENT_TYPE = "text/event-stream; charset=utf-8";
  private static final long RETRY_MILLIS = 2000;

  /// How long a client that was told of the end has to take it.
  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final LoopState loop;
  private final StreamWire wire;
  private final StreamSource source;
  private final StreamEnd whenOver;
  private final long heartbeatNanos;
  private State state = State.OPEN;
  private boolean offering;
  private boolean unflushed;
  private long writtenNanos;
  private final Progress progress;
  private long sentBytes;

  private enum State {
    OPEN,
    /// The last event is written, and the end follows when it is taken.
    ENDING,
    OVER
  }

  /// Hears how many bytes a stream had.
  @FunctionalInterface
  interface StreamEnd {
    void over(long bytes);
  }

  EventStream(
      LoopState loop,
      StreamWire wire,
      StreamSource source,
      long heartbeatMillis,
      StreamEnd whenOver) {
    this.loop = loop;
    this.wire = wire;
    this.source = source;
    this.whenOver = whenOver;
    heartbeatNanos = TimeUnit.MILLISECONDS.toNanos(heartbeatMillis);
    writtenNanos = System.nanoTime();
    progress = new Progress(writtenNanos);
  }

  /// Sends the head, and says how long a client should wait before it comes again.
  void open(boolean headOnly) {
    wire.open(CONTENT_TYPE);
    if (headOnly) {
      finish();
      return;
    }
    write(output().ascii("retry: ").number(RETRY_MILLIS).ascii("\n\n"));
    flush();
    resume(this::offer);
  }

  /// Whether events may still be written.
  public boolean isOpen() {
    return state == State.OPEN;
  }

  /// Whether the client has taken everything that was written, so that more may be.
  public boolean isWritable() {
    return state == State.OPEN && wire.unsentBytes() == 0;
  }

  /// An empty buffer for the next event. Reused: fill it and write it before anything else happens.
  public ByteOutput output() {
    return loop.output.clear();
  }

  /// Writes bytes of an event.
  public void write(ByteOutput bytes) {
    write(bytes, Unpooled.EMPTY_BUFFER);
  }

  /// Writes `head`, then the readable bytes of `body`, which stays with the caller and may be in
  /// many streams at once, unchanged from now on.
  public void write(ByteOutput head, ByteBuf body) {
    if (state == State.OPEN) {
      sentBytes += head.length() + body.readableBytes();
      wire.write(head, body);
      unflushed = true;
    }
  }

  /// Writes an event that other streams send as well.
  public void write(SharedEvent event) {
    if (state == State.OPEN) {
      sentBytes += event.length();
      wire.write(event);
      unflushed = true;
    }
  }

  /// Sends what was written; to be called after each event.
  public void flush() {
    if (unflushed) {
      unflushed = false;
      writtenNanos = System.nanoTime();
      wire.flush();
      long unsent = wire.unsentBytes();
      if (unsent > 0) {
        progress.noted(unsent, writtenNanos);
      }
    }
  }

  /// Ends the stream behind what was written.
  public void end() {
    if (state == State.OPEN) {
      flush();
      state = State.ENDING;
      long now = System.nanoTime();
      long unsent = wire.unsentBytes();
      progress.made(now);
      progress.noted(unsent, now);
      if (unsent == 0) {
        finish();
      }
    }
  }

  /// Writes an `error` event and ends the stream; `problem` may say when to come again.
  @Override
  public void fail(Problem problem) {
    if (state == State.OPEN) {
      write(error(problem, output()));
      end();
    }
  }

  /// Writes an `error` event, after which the stream goes on.
  public void warn(Problem problem) {
    write(error(problem, output()));
    flush();
  }

  private static ByteOutput error(Problem problem, ByteOutput out) {
    out.ascii("event: error\ndata: {\"code\":").number(problem.status());
    out.ascii(",\"error\":").string(problem.message());
    Object retryMillis = problem.detail().get("retry_after_ms");
    if (retryMillis != null) {
      out.ascii(",\"retry_after_ms\":").ascii(retryMillis.toString());
    }
    if (problem.detail().get("topics") instanceof List<?> topics) {
      out.ascii(",\"topics\":");
      ProblemJson.value(topics, out);
    }
    return out.ascii("}\n\n");
  }

  /// Goes on with `action` on the event loop, from any thread, unless the stream is over by then.
  public void resume(Runnable action) {
    try {
      loop.loop.execute(() -> proceed(action));
    } catch (RejectedExecutionException e) {
      log.debug("the server closed before a stream went on");
    }
  }

  /// The value of `local` that belongs to this event loop.
  public <T> T local(LoopLocal<T> local) {
    return loop.local(local);
  }

  /// Runs `action` at once, unless the stream is over; what it throws ends the stream.
  public void proceed(Runnable action) {
    if (state != State.OPEN) {
      return;
    }
    try {
      action.run();
    } catch (Rejected e) {
      fail(e.problem());
    } catch (Throwable e) {
      broken(e);
    }
  }

  /// Ends the stream because of a failure of ours.
  public void broken(Throwable failure) {
    fail(Failures.report(failure, null));
  }

  private void offer() {
    if (!offering && isWritable()) {
      offering = true;
      proceed(source::writable);
      offering = false;
    }
  }

  // ---- driven by the connection

  @Override
  public void taken() {
    progress.made(System.nanoTime());
    if (state == State.ENDING) {
      finish();
    } else {
      offer();
    }
  }

  @Override
  public void lost() {
    if (state != State.OVER) {
      state = State.OVER;
      over();
    }
  }

  @Override
  public void inputShut() {
    end();
  }

  private void finish() {
    state = State.OVER;
    over();
    wire.end();
  }

  /// Counts until its source has let go: who sees the count fall may rely on that.
  private void over() {
    try {
      source.closed();
    } catch (Throwable e) {
      log.error("a stream could not be closed", e);
    } finally {
      whenOver.over(sentBytes);
    }
  }

  @Override
  public long tick(long nowNanos, long stalledMillis) {
    long unsent = wire.unsentBytes();
    long quietNanos = progress.stalledNanos(unsent, nowNanos);
    if (state == State.ENDING && quietNanos > LINGER_NANOS) {
      wire.abort();
    } else if (state == State.OPEN && quietNanos > TimeUnit.MILLISECONDS.toNanos(stalledMillis)) {
      fail(
          Problem.of(
                  ErrorCode.THROTTLED,
                  "nothing was taken for %d ms; come again to go on".formatted(stalledMillis))
              .with("retry_after_ms", RETRY_MILLIS));
    } else if (unsent == 0 && state == State.OPEN) {
      return quiet(nowNanos);
    }
    return 0;
  }

  /// Sends a heartbeat if it is time for one; returns how long there is nothing to look after,
  /// unless something is written that the client does not take, or the keys change.
  private long quiet(long nowNanos) {
    long leftNanos = writtenNanos + heartbeatNanos - nowNanos;
    if (leftNanos > 0) {
      return leftNanos;
    }
    write(output().ascii(": hb ").number(System.currentTimeMillis()).ascii("\n\n"));
    flush();
    return 0;
  }
}
