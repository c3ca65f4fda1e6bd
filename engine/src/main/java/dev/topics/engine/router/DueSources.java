package dev.topics.engine.router;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// Sources in which something may be to forward.
///
/// **Threading** Any thread adds, the forwarder takes.
final class DueSources {
  private final Queue<SourceLanes> due = new ConcurrentLinkedQueue<>();
  private volatile Runnable wake = () -> {};
  private volatile boolean looked;

  /// Sets what runs when there is work; it must not block.
  void onWork(Runnable task) {
    wake = task;
  }

  void add(SourceLanes source) {
    if (source.enqueue()) {
      due.add(source);
      if (!looked) {
        wake.run();
      }
    }
  }

  /// Whether the forwarder will look here soon without being woken. If not, it must look once more
  /// after it has said so.
  void looked(boolean soon) {
    looked = soon;
  }

  /// The next source, which may be added again from now on.
  @Nullable SourceLanes poll() {
    SourceLanes next = due.poll();
    if (next != null) {
      next.dequeue();
    }
    return next;
  }

  int size() {
    return due.size();
  }

  boolean isEmpty() {
    return due.isEmpty();
  }
}
