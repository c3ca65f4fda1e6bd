package dev.topics.server.http;

import java.util.concurrent.Executor;
import java.util.concurrent.Future;

/// The thread of an event loop, for what belongs to it and to no connection.
///
/// **Threading** any thread.
public interface LoopThread extends Executor {
  /// Runs `task` there when the loop has looked at its sockets again, so that work which comes in
  /// pieces keeps nobody waiting.
  void later(Runnable task);

  /// Runs `task` there after `millis`; not if the future is cancelled there before.
  Future<?> after(long millis, Runnable task);

  /// The value of `local` that belongs to this loop; on its thread only.
  <T> T local(LoopLocal<T> local);
}
