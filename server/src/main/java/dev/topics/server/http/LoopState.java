package dev.topics.server.http;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What the connections of one event loop share; touched on that loop only.
final class LoopState {
  private static final int SHARED_BODY_BYTES = 1 << 13;
  private static final int INPUT_BYTES = 1 << 16;
  private static final long TICK_MILLIS = 250;

  /// A connection that wants to know the time now and then.
  interface Watched {
    /// Closes what has been silent for too long.
    void tick(long nowNanos);

    /// Finishes what is in progress, then closes.
    void drain();
  }

  final EventLoop loop;
  final ByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
  final HeadBlocks heads = new HeadBlocks();
  final ByteOutput output = new ByteOutput();
  final byte[] sharedBody = new byte[SHARED_BODY_BYTES];

  /// What a connection has just received.
  final byte[] input = new byte[INPUT_BYTES];

  /// The time of the last tick: good enough for deadlines of seconds.
  long nowNanos = System.nanoTime();

  private @Nullable PlainHead parser;
  private @Nullable Object[] locals = new @Nullable Object[8];
  private final List<Watched> connections = new ArrayList<>();
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private boolean draining;

  private LoopState(EventLoop loop) {
    this.loop = loop;
    heads.at(System.currentTimeMillis() / 1000);
  }

  static LoopState start(EventLoop loop) {
    LoopState state = new LoopState(loop);
    var _ = loop.scheduleAtFixedRate(state::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    return state;
  }

  PlainHead parser(int headBytesMax) {
    PlainHead known = parser;
    if (known == null) {
      known = new PlainHead(headBytesMax);
      parser = known;
    }
    return known;
  }

  /// This loop's value of `local`.
  @SuppressWarnings("unchecked") // only this method puts values in, each at the index of its maker
  <T> T local(LoopLocal<T> local) {
    if (local.index() >= locals.length) {
      locals = Arrays.copyOf(locals, 2 * local.index());
    }
    Object value = locals[local.index()];
    if (value == null) {
      value = local.make();
      locals[local.index()] = value;
    }
    return (T) value;
  }

  void add(Watched connection) {
    connections.add(connection);
    if (draining) {
      connection.drain();
    }
  }

  void remove(Watched connection) {
    connections.remove(connection);
    completeIfDrained();
  }

  private void completeIfDrained() {
    if (draining && connections.isEmpty()) {
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
    for (Watched connection : List.copyOf(connections)) {
      connection.drain();
    }
  }

  private void tick() {
    nowNanos = System.nanoTime();
    heads.at(System.currentTimeMillis() / 1000);
    for (Watched connection : List.copyOf(connections)) {
      connection.tick(nowNanos);
    }
  }
}
