package dev.topics.storage.journal;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Lets one thread sleep until there is work for it.
///
/// **Threading** [#signal] from any thread, never blocking; [#await] by the one sleeper.
public final class Wakeup {
  private volatile boolean signalled;
  private volatile @Nullable Thread sleeper;

  public Wakeup() {}

  public void signal() {
    if (!signalled) {
      signalled = true;
      Thread thread = sleeper;
      if (thread != null) {
        LockSupport.unpark(thread);
      }
    }
  }

  /// Returns after a signal (at once, if there was one since the last call) or `nanos`. It may also
  /// return for no reason.
  public void await(long nanos) {
    sleeper = Thread.currentThread();
    if (!signalled) {
      LockSupport.parkNanos(this, nanos);
    }
    sleeper = null;
    signalled = false;
  }
}
