package dev.topics.engine.watch;

import dev.topics.engine.model.EngineClock;
import org.jspecify.annotations.Nullable;

/// A watch that outlives the streams which deliver it, one at a time.
///
/// When a stream comes while another one is open, the newer one takes over: most often the older
/// one is a connection that is dead without anybody having noticed. It is told to stop, and when it
/// has, the newer one starts.
///
/// **Threading** any thread; the watch belongs to the stream that was started.
public final class WatchSession {
  private final String name;
  private final String owner;
  private final Watch watch;
  private final int heartbeatMillis;
  private final EngineClock clock;
  private @Nullable Stream running;
  private @Nullable Stream next;
  private long aloneSinceNanos;
  private boolean gone;

  /// Who delivers a session.
  public interface Stream {
    /// The watch is this stream's, until it calls [WatchSession#leave]. On any thread.
    void start();

    /// Another stream takes over: end soon, and call [WatchSession#leave]. On any thread.
    void stop();
  }

  WatchSession(String name, String owner, Watch watch, int heartbeatMillis, EngineClock clock) {
    this.name = name;
    this.owner = owner;
    this.watch = watch;
    this.heartbeatMillis = heartbeatMillis;
    this.clock = clock;
    aloneSinceNanos = clock.nanos();
  }

  public String name() {
    return name;
  }

  /// Who may have the stream.
  public String owner() {
    return owner;
  }

  /// What is delivered; to be touched by the stream that was started only.
  public Watch watch() {
    return watch;
  }

  public int heartbeatMillis() {
    return heartbeatMillis;
  }

  /// Starts `stream`, when the one before has left; returns false if the session is gone.
  public boolean enter(Stream stream) {
    Stream told;
    synchronized (this) {
      if (gone) {
        return false;
      }
      told = next == null ? running : next;
      if (running == null) {
        running = stream;
      } else {
        next = stream;
      }
    }
    if (told == null) {
      stream.start();
    } else {
      told.stop();
    }
    return true;
  }

  /// `stream` touches the watch no more.
  @SuppressWarnings("ReferenceEquality") // it is this very stream that leaves
  public void leave(Stream stream) {
    Stream started = null;
    synchronized (this) {
      if (next == stream) {
        next = null;
      } else if (running == stream) {
        started = next;
        running = next;
        next = null;
        aloneSinceNanos = clock.nanos();
      }
    }
    if (started != null) {
      started.start();
    }
  }

  /// How long no stream has been open; -1 while one is.
  synchronized long aloneNanos() {
    return running == null ? clock.nanos() - aloneSinceNanos : -1;
  }

  /// Ends the session if it has been alone for longer than that.
  synchronized boolean endAfter(long aloneNanosMax) {
    gone |= aloneNanos() > aloneNanosMax;
    return gone;
  }
}
