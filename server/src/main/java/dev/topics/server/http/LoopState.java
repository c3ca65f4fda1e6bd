package dev.topics.server.http;

import dev.topics.server.auth.KeyRing;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the connections of one event loop share; touched on that loop only.
final class LoopState implements LoopThread {
  private static final int SHARED_BODY_BYTES = 1 << 13;
  private static final int INPUT_BYTES = 1 << 16;
  private static final long TICK_MILLIS = 250;

  /// That of this thread.
  private static final FastThreadLocal<@Nullable LoopState> CURRENT = new FastThreadLocal<>();

  private static final Logger log = LoggerFactory.getLogger(LoopState.class);

  final EventLoop loop;
  final ByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
  final HeadBlocks heads = new HeadBlocks();
  final ByteOutput output = new ByteOutput();
  final byte[] sharedBody = new byte[SHARED_BODY_BYTES];

  /// What a connection has just received.
  final byte[] input = new byte[INPUT_BYTES];

  /// The time of the last tick: good enough for deadlines of seconds.
  long nowNanos = System.nanoTime();

  private final PlainHead parser = new PlainHead();
  private @Nullable Object[] locals = new @Nullable Object[8];
  private final Watchlist watched = new Watchlist();
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private final Supplier<KeyRing> keys;
  private KeyRing lastKeys;
  private boolean draining;

  private LoopState(EventLoop loop, Supplier<KeyRing> keys) {
    this.loop = loop;
    this.keys = keys;
    lastKeys = keys.get();
    heads.at(System.currentTimeMillis() / 1000);
  }

  /// @param keys those of now: when they change all connections are looked at
  static LoopState start(EventLoop loop, Supplier<KeyRing> keys) {
    LoopState state = new LoopState(loop, keys);
    loop.execute(() -> CURRENT.set(state));
    var _ = loop.scheduleAtFixedRate(state::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    return state;
  }

  /// What another loop is asked for, or this one by itself, comes behind the answers to what is
  /// being read now: who reads an answer may need the processor that a loop would be woken on.
  @Override
  public void execute(Runnable task) {
    LoopState asking = CURRENT.get();
    if (asking == null) {
      loop.execute(task);
    } else {
      asking.loop.execute(() -> handOver(task));
    }
  }

  private void handOver(Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      log.debug("a task for an event loop that has ended", e);
    }
  }

  /// What is due at once still waits for the next round of the loop, as all that is scheduled.
  @Override
  public void later(Runnable task) {
    var _ = loop.schedule(task, 0, TimeUnit.NANOSECONDS);
  }

  @Override
  public Future<?> after(long millis, Runnable task) {
    return loop.schedule(task, millis, TimeUnit.MILLISECONDS);
  }

  PlainHead parser() {
    return parser;
  }

  /// This loop's value of `local`.
  @Override
  @SuppressWarnings("unchecked") // only this method puts values in, each at the index of its maker
  public <T> T local(LoopLocal<T> local) {
    if (local.index() >= locals.length) {
      locals = Arrays.copyOf(locals, 2 * local.index());
    }
    Object value = locals[local.index()];
    if (value == null) {
      value = local.make(this);
      locals[local.index()] = value;
    }
    return (T) value;
  }

  void add(Watched connection) {
    watched.add(connection, nowNanos);
    if (draining) {
      connection.drain();
    }
  }

  /// Has `connection` looked at with the next tick, whatever it said before.
  void lookAfter(Watched connection) {
    watched.due(connection, nowNanos);
  }

  void remove(Watched connection) {
    watched.remove(connection);
    completeIfDrained();
  }

  private void completeIfDrained() {
    if (draining && watched.isEmpty()) {
      drained.complete(null);
    }
  }

  /// Completes, after [#drain], when the last connection is gone.
  CompletableFuture<Void> drained() {
    return drained;
  }

  void drain() {
    draining = true;
    completeIfDrained();
    watched.allDue(nowNanos);
    watched.forEach(Watched::drain);
  }

  @SuppressWarnings("ReferenceEquality") // keys that are read again are others, even if equal
  private void tick() {
    nowNanos = System.nanoTime();
    heads.at(System.currentTimeMillis() / 1000);
    KeyRing now = keys.get();
    if (now != lastKeys) {
      lastKeys = now;
      watched.allDue(nowNanos);
    }
    watched.tick(nowNanos);
  }
}
