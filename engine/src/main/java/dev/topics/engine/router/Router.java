package dev.topics.engine.router;

import dev.topics.engine.model.RouterConfig;
import dev.topics.engine.model.RouterInfo;
import dev.topics.engine.topic.Topic;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// One router: its configuration, and a lane for each topic that it takes records from.
///
/// **Threading** Changes under the commit lock; read by any thread.
final class Router {
  private static final int SOURCES_SHOWN = 100;

  private final int id;
  private final ConcurrentSkipListMap<SourceKey, Lane> lanes = new ConcurrentSkipListMap<>();
  private volatile RouterConfig config;
  private volatile Topic destination;
  private final AtomicLong forwarded = new AtomicLong();
  private volatile long lsn;

  /// A source. The id tells apart what stands in for topics that are gone, as these may share a
  /// name.
  record SourceKey(String name, long id) implements Comparable<SourceKey> {
    private static final Comparator<SourceKey> ORDER =
        Comparator.comparing(SourceKey::name).thenComparingLong(SourceKey::id);

    static SourceKey of(Topic topic) {
      return new SourceKey(topic.name().value(), topic.id());
    }

    @Override
    public int compareTo(SourceKey other) {
      return ORDER.compare(this, other);
    }
  }

  Router(int id, RouterConfig config, Topic destination, long lsn) {
    this.id = id;
    this.config = config;
    this.destination = destination;
    this.lsn = lsn;
  }

  int id() {
    return id;
  }

  RouterConfig config() {
    return config;
  }

  Topic destination() {
    return destination;
  }

  /// The frame that holds the configuration.
  long lsn() {
    return lsn;
  }

  void change(RouterConfig next, Topic nextDestination, long nextLsn) {
    config = next;
    destination = nextDestination;
    lsn = nextLsn;
  }

  /// The lanes by the name of their source.
  ConcurrentSkipListMap<SourceKey, Lane> lanes() {
    return lanes;
  }

  /// The only lane, unless the source is a pattern; null if there is none.
  @Nullable Lane firstLane() {
    Map.Entry<SourceKey, Lane> first = lanes.firstEntry();
    return first == null ? null : first.getValue();
  }

  long forwarded() {
    return forwarded.get();
  }

  void addForwarded(long copies) {
    forwarded.addAndGet(copies);
  }

  RouterInfo info() {
    List<RouterInfo.Source> sources = new ArrayList<>();
    long lag = 0;
    int total = 0;
    RouterInfo.Blocked blocked = null;
    for (Lane lane : lanes.values()) {
      long cursor = lane.cursor();
      long behind = lane.lag();
      if (sources.size() < SOURCES_SHOWN) {
        sources.add(new RouterInfo.Source(lane.source().name(), cursor, behind));
      }
      total++;
      lag += behind;
      blocked = blocked == null ? lane.blocked() : blocked;
    }
    return new RouterInfo(config, forwarded.get(), lag, sources, total, blocked);
  }
}
