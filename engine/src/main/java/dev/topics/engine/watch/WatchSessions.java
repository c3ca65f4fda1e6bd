package dev.topics.engine.watch;

import dev.topics.engine.model.EngineClock;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// All sessions: each lives until no stream has been open for as long as it may be alone.
///
/// No timer ends them: whoever asks for sessions first lets those go whose time is over.
///
/// **Threading** any thread.
public final class WatchSessions {
  /// How long a session lives without a stream.
  public static final long ALONE_MILLIS_MAX = 300_000;

  private static final long ALONE_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(ALONE_MILLIS_MAX);

  private final ConcurrentHashMap<String, WatchSession> byName = new ConcurrentHashMap<>();
  private final AtomicInteger count = new AtomicInteger();
  private final Queue<Check> checks = new ConcurrentLinkedQueue<>();
  private final EngineClock clock;
  private final WatchEntropy entropy;

  /// When to look at a session next. There is one for each.
  private record Check(WatchSession session, long dueNanos) {}

  public WatchSessions(EngineClock clock, WatchEntropy entropy) {
    this.clock = clock;
    this.entropy = entropy;
  }

  /// A new session over `watch`; null if there are `max` already.
  ///
  /// @param owner who may have its stream
  public @Nullable WatchSession create(Watch watch, String owner, int heartbeatMillis, int max) {
    expire();
    if (count.incrementAndGet() > max) {
      count.decrementAndGet();
      return null;
    }
    WatchSession session =
        new WatchSession(entropy.newName(), owner, watch, heartbeatMillis, clock);
    byName.put(session.name(), session);
    checks.add(new Check(session, clock.nanos() + ALONE_NANOS_MAX));
    return session;
  }

  /// The session of this name; null if there is none, or no more.
  public @Nullable WatchSession find(String name) {
    WatchSession session = byName.get(name);
    if (session == null || !session.endAfter(ALONE_NANOS_MAX)) {
      return session;
    }
    remove(session);
    return null;
  }

  /// How many there are.
  public int size() {
    expire();
    return count.get();
  }

  private void expire() {
    long now = clock.nanos();
    Check oldest = checks.peek();
    while (oldest != null && now - oldest.dueNanos() > 0) {
      if (checks.remove(oldest)) {
        WatchSession session = oldest.session();
        if (session.endAfter(ALONE_NANOS_MAX)) {
          remove(session);
        } else {
          long left = ALONE_NANOS_MAX - Math.max(0, session.aloneNanos());
          checks.add(new Check(session, now + left));
        }
      }
      oldest = checks.peek();
    }
  }

  private void remove(WatchSession session) {
    if (byName.remove(session.name(), session)) {
      count.decrementAndGet();
    }
  }
}
