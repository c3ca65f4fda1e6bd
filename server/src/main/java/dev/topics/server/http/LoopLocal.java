package dev.topics.server.http;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;

/// A value that each event loop has one of: scratch space of handlers, not to be shared by threads.
/// Made when an exchange first asks for it.
///
/// There are to be few of them, held by handlers: each takes a place in every loop for good.
public final class LoopLocal<T> {
  private static final AtomicInteger count = new AtomicInteger();

  private final int index = count.getAndIncrement();
  private final Function<LoopThread, T> maker;

  public LoopLocal(Supplier<T> maker) {
    this(loop -> maker.get());
  }

  /// @param maker is told the loop that the value belongs to
  public LoopLocal(Function<LoopThread, T> maker) {
    this.maker = maker;
  }

  int index() {
    return index;
  }

  T make(LoopThread loop) {
    return maker.apply(loop);
  }
}
