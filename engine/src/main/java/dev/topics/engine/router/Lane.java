package dev.topics.engine.router;

import dev.topics.engine.model.EngineClock;
import dev.topics.engine.model.RouterConfig;
import dev.topics.engine.model.RouterInfo;
import dev.topics.engine.topic.ForwardLane;
import dev.topics.engine.topic.Topic;
import org.jspecify.annotations.Nullable;

/// One router at one of its sources. A router that is changed gets new lanes.
///
/// **Threading** The cursor changes under the commit lock; what keeps the lane from going on is the
/// forwarder's. Read by any thread.
final class Lane implements ForwardLane {
  private static final long BACKOFF_NANOS_MIN = 10_000_000;
  private static final long BACKOFF_NANOS_MAX = 250_000_000;

  private final int router;
  private final RouterConfig config;
  private final SourceLanes source;
  private final Topic destination;
  private final EngineClock clock;
  private volatile long cursor;
  private volatile boolean retired;
  private volatile RouterInfo.@Nullable Blocked blocked;
  private long backoffNanos = BACKOFF_NANOS_MIN;
  private long retryNanos;

  Lane(
      int router,
      RouterConfig config,
      SourceLanes source,
      Topic destination,
      EngineClock clock,
      long cursor) {
    this.router = router;
    this.config = config;
    this.source = source;
    this.destination = destination;
    this.clock = clock;
    this.cursor = cursor;
  }

  @Override
  public int router() {
    return router;
  }

  @Override
  public RouterConfig config() {
    return config;
  }

  @Override
  public Topic source() {
    return source.topic();
  }

  SourceLanes sourceLanes() {
    return source;
  }

  @Override
  public Topic destination() {
    return destination;
  }

  @Override
  public long cursor() {
    return cursor;
  }

  void moveTo(long seq) {
    cursor = seq;
  }

  /// Seqs of the source that readers may see and that the lane has not looked at.
  long lag() {
    return Math.max(0, source.topic().visibleHead() - cursor);
  }

  @Override
  public boolean isCurrent() {
    return !retired;
  }

  void retire() {
    retired = true;
  }

  @Override
  public int hops(long seq) {
    return source.hops().at(seq);
  }

  @Override
  public long lastWithSameHops(long seq) {
    return source.hops().lastWithSame(seq);
  }

  @Override
  public void block(RouterInfo.Reason reason, Topic topic, long first, long last) {
    RouterInfo.Blocked before = blocked;
    long since = before == null ? clock.wallMillis() : before.sinceMillis();
    blocked = new RouterInfo.Blocked(reason, topic.name(), first, last, since);
    retryNanos = clock.nanos() + backoffNanos;
    backoffNanos = Math.min(BACKOFF_NANOS_MAX, backoffNanos * 2);
  }

  RouterInfo.@Nullable Blocked blocked() {
    return blocked;
  }

  /// Nanoseconds until it may try again.
  long nanosToRetry() {
    return retryNanos - clock.nanos();
  }

  /// It went on.
  void unblock() {
    blocked = null;
    backoffNanos = BACKOFF_NANOS_MIN;
  }
}
