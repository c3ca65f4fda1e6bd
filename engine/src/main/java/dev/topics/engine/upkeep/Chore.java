package dev.topics.engine.upkeep;

import dev.topics.engine.topic.EngineTime;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Work on files that goes on in the background, a step at a time. After a failure, of the disk or
/// of the program, it abandons what it was at, and tries again ten seconds later: nothing that is
/// half done is ever gone on with.
///
/// **Threading** One thread at a time, but for [#stop]. A step may block on the disk.
public abstract sealed class Chore implements AutoCloseable permits Checkpointer, Packer {
  private static final Logger log = LoggerFactory.getLogger(Chore.class);
  private static final long RETRY_NANOS = 10_000_000_000L;

  private final EngineTime clock;
  private final String failure;
  private long retryAtNanos;
  private volatile boolean stopped;

  /// @param failure what to say when the disk fails
  Chore(EngineTime clock, String failure) {
    this.clock = clock;
    this.failure = failure;
    retryAtNanos = clock.nanos();
  }

  /// Does all that can be done now, unless it is stopped meanwhile.
  public final void run() {
    boolean more = true;
    while (more && !stopped) {
      more = step() > 0;
    }
  }

  /// Makes [#run] return soon.
  public final void stop() {
    stopped = true;
  }

  /// Does the next piece of work; returns 0 if there is none for now.
  public final int step() {
    if (clock.nanos() < retryAtNanos) {
      return 0;
    }
    try {
      return work();
    } catch (IOException e) {
      log.warn("{}; the next attempt follows in ten seconds", failure, e);
      retryLater();
      close();
      return 0;
    } catch (RuntimeException | Error e) {
      retryLater();
      close();
      throw e;
    }
  }

  /// Does the next piece of work; returns 0 if there is none for now.
  abstract int work() throws IOException;

  /// Makes the next steps wait.
  final void retryLater() {
    retryAtNanos = clock.nanos() + RETRY_NANOS;
  }

  /// Abandons what is being written.
  @Override
  public abstract void close();
}
