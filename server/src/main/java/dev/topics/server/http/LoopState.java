package dev.topics.server.http;

import dev.topics.server.auth.KeyRing;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the connections of one event loop share; touched on that loop only.
final class LoopState implements LoopThread {
  private static final Logger log = LoggerFactory.getLogger(LoopState.class);
  private static final int SHARED_BODY_BYTES = 1 << 13;
  private static final int INPUT_BYTES = 1 << 16;
  private static final long TICK_MILLIS = 250;

  /// A connection that wants to know the time now and then.
  interface Watched {
    /// Closes what has been silent for too long; returns for how many nanoseconds there is no need
    /// to look again.
    long tick(long nowNanos);

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
  private final List<Place> places = new ArrayList<>();
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private final Supplier<KeyRing> keys;
  private KeyRing lastKeys;
  private boolean draining;

  /// When to look at a connection: kept outside of it, because most of thousands are not due.
  private static final class Place {
    private final Watched connection;
    private long dueNanos;

    Place(Watched connection, long dueNanos) {
      this.connection = connection;
      this.dueNanos = dueNanos;
    }
  }

  private LoopState(EventLoop loop, Supplier<KeyRing> keys) {
    this.loop = loop;
    this.keys = keys;
    lastKeys = keys.get();
    heads.at(System.currentTimeMillis() / 1000);
  }

  /// @param keys those of now: when they change all connections are looked at
  static LoopState start(EventLoop loop, Supplier<KeyRing> keys) {
    LoopState state = new LoopState(loop, keys);
    var _ = loop.scheduleAtFixedRate(state::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    return state;
  }

  @Override
  public void execute(Runnable task) {
    loop.execute(task);
  }

  /// What is due at once still waits for the next round of the loop, as all that is scheduled.
  @Override
  public void later(Runnable task) {
    var _ = loop.schedule(task, 0, TimeUnit.NANOSECONDS);
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
    places.add(new Place(connection, nowNanos));
    if (draining) {
      connection.drain();
    }
  }

  @SuppressWarnings("ReferenceEquality") // it is this very connection that ends
  void remove(Watched connection) {
    places.removeIf(place -> place.connection == connection);
    completeIfDrained();
  }

  private void completeIfDrained() {
    if (draining && places.isEmpty()) {
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
    allDue();
    forEach(place -> place.connection.drain());
  }

  private void allDue() {
    places.forEach(place -> place.dueNanos = nowNanos);
  }

  @SuppressWarnings("ReferenceEquality") // keys that are read again are others, even if equal
  private void tick() {
    nowNanos = System.nanoTime();
    heads.at(System.currentTimeMillis() / 1000);
    KeyRing now = keys.get();
    if (now != lastKeys) {
      lastKeys = now;
      allDue();
    }
    forEach(this::tick);
  }

  private void tick(Place place) {
    if (place.dueNanos - nowNanos <= 0) {
      place.dueNanos = nowNanos + place.connection.tick(nowNanos);
    }
  }

  /// What fails for one connection must not end the ticks, or the closing, of the others.
  private void forEach(Consumer<Place> action) {
    for (Place place : List.copyOf(places)) {
      try {
        action.accept(place);
      } catch (RuntimeException | Error e) {
        log.error("a connection could not be looked after", e);
      }
    }
  }
}
