package dev.topics.engine.router;

import dev.topics.engine.model.EngineClock;
import dev.topics.engine.model.InconsistentLogException;
import dev.topics.engine.model.RouterConfig;
import dev.topics.engine.model.RouterName;
import dev.topics.engine.model.RouterSource;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.topic.RouterState;
import dev.topics.engine.topic.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// All routers and how far they are: the state that the log's operations change.
///
/// **Threading** Changes under the commit lock; names, lists and lanes are read by any thread.
public final class RouterTable implements RouterState {
  private static final ConcurrentSkipListMap<String, Router> NOTHING =
      new ConcurrentSkipListMap<>();

  private final EngineClock clock;
  private final ConcurrentSkipListMap<String, Router> byName = new ConcurrentSkipListMap<>();
  private final Map<String, ConcurrentSkipListMap<String, Router>> bySource =
      new ConcurrentHashMap<>();
  private final Map<String, ConcurrentSkipListMap<String, Router>> byDest =
      new ConcurrentHashMap<>();
  private final Map<Integer, Router> byId = new HashMap<>();
  private final List<Router> patterns = new ArrayList<>();
  private final Map<Long, SourceLanes> sources = new HashMap<>();
  private final DueSources due = new DueSources();
  private int lastId;

  public RouterTable(EngineClock clock) {
    this.clock = clock;
  }

  DueSources due() {
    return due;
  }

  int size() {
    return byName.size();
  }

  @Nullable Router find(RouterName name) {
    return byName.get(name.value());
  }

  /// All routers, or those with this source or this destination, by name.
  NavigableMap<String, Router> routers(@Nullable String source, @Nullable String dest) {
    if (dest != null) {
      return byDest.getOrDefault(dest, NOTHING);
    }
    return source == null ? byName : bySource.getOrDefault(source, NOTHING);
  }

  /// The routers that take records from `topic`. Under the commit lock.
  List<Router> leaving(TopicName topic) {
    List<Router> found = new ArrayList<>(routers(topic.value(), null).values());
    for (Router router : patterns) {
      if (router.config().source().matches(topic)) {
        found.add(router);
      }
    }
    return found;
  }

  /// A number that no router ever had.
  int nextId() {
    return lastId + 1;
  }

  @Override
  public void put(
      int id,
      RouterConfig config,
      @Nullable Topic source,
      Topic dest,
      Map<Topic, Long> given,
      long lsn) {
    Map<Topic, Long> starts = new HashMap<>();
    Router router = byId.get(id);
    List<Lane> before = List.of();
    if (router == null) {
      router = new Router(id, config, dest, lsn);
      byId.put(id, router);
      lastId = Math.max(lastId, id);
    } else {
      if (router.config().source().equals(config.source())) {
        router.lanes().values().forEach(lane -> starts.put(lane.source(), lane.cursor()));
      }
      before = List.copyOf(router.lanes().values());
      router.lanes().clear();
      unregister(router);
      router.change(config, dest, lsn);
    }
    starts.putAll(given);
    if (source != null) {
      starts.putIfAbsent(source, 0L);
    }
    register(router);
    for (Map.Entry<Topic, Long> start : starts.entrySet()) {
      addLane(router, start.getKey(), start.getValue());
    }
    // Last, so that a source which stays keeps what it knows of its records.
    for (Lane lane : before) {
      removeLane(router, lane);
    }
  }

  private void register(Router router) {
    RouterConfig config = router.config();
    String name = config.name().value();
    byName.put(name, router);
    bySource
        .computeIfAbsent(config.source().text(), _ -> new ConcurrentSkipListMap<>())
        .put(name, router);
    byDest
        .computeIfAbsent(config.dest().value(), _ -> new ConcurrentSkipListMap<>())
        .put(name, router);
    if (config.source() instanceof RouterSource.Many) {
      patterns.add(router);
    }
  }

  private void unregister(Router router) {
    RouterConfig config = router.config();
    byName.remove(config.name().value());
    remove(bySource, config.source().text(), config);
    remove(byDest, config.dest().value(), config);
    patterns.remove(router);
    List.copyOf(router.lanes().values()).forEach(lane -> removeLane(router, lane));
  }

  private static void remove(
      Map<String, ConcurrentSkipListMap<String, Router>> index, String key, RouterConfig config) {
    ConcurrentSkipListMap<String, Router> routers = index.get(key);
    if (routers != null) {
      routers.remove(config.name().value());
      if (routers.isEmpty()) {
        index.remove(key);
      }
    }
  }

  private void addLane(Router router, Topic topic, long cursor) {
    SourceLanes source =
        sources.computeIfAbsent(
            topic.id(),
            _ -> {
              SourceLanes first = new SourceLanes(topic);
              topic.follow(() -> due.add(first));
              return first;
            });
    Lane lane = new Lane(router.id(), router.config(), source, router.destination(), clock, cursor);
    source.add(lane);
    router.lanes().put(Router.SourceKey.of(topic), lane);
    due.add(source);
  }

  private void removeLane(Router router, Lane lane) {
    lane.retire();
    router.lanes().remove(Router.SourceKey.of(lane.source()), lane);
    SourceLanes source = lane.sourceLanes();
    source.remove(lane);
    if (source.lanes().isEmpty()) {
      sources.remove(lane.source().id());
      lane.source().follow(null);
    }
  }

  @Override
  public void drop(int id) {
    drop(known(id));
  }

  private void drop(Router router) {
    unregister(router);
    byId.remove(router.id());
  }

  private Router known(int id) {
    Router router = byId.get(id);
    if (router == null) {
      throw new InconsistentLogException("an operation on router " + id + ", which is not there");
    }
    return router;
  }

  @Override
  public void moved(int id, long sourceId, long cursor, long copies) {
    Router router = known(id);
    move(router, knownLane(router, sourceId), cursor, copies);
  }

  @Override
  public void advanced(int id, long sourceId, long by, long copies) {
    Router router = known(id);
    Lane lane = knownLane(router, sourceId);
    move(router, lane, lane.cursor() + by, copies);
  }

  private void move(Router router, Lane lane, long cursor, long copies) {
    if (cursor < lane.cursor() || (cursor == lane.cursor() && copies == 0)) {
      throw new InconsistentLogException(
          "router \"%s\": its cursor goes from %d to %d"
              .formatted(router.config().name(), lane.cursor(), cursor));
    }
    lane.sourceLanes().move(lane, cursor);
    router.addForwarded(copies);
  }

  /// The lane for the topic `sourceId`, or the only one for 0.
  private Lane knownLane(Router router, long sourceId) {
    Lane lane = sourceId == 0 ? router.firstLane() : laneFrom(router, sources.get(sourceId));
    if (lane == null) {
      throw new InconsistentLogException(
          "router \"%s\" takes nothing from topic %d".formatted(router.config().name(), sourceId));
    }
    return lane;
  }

  private static @Nullable Lane laneFrom(Router router, @Nullable SourceLanes source) {
    return source == null ? null : router.lanes().get(Router.SourceKey.of(source.topic()));
  }

  @Override
  public void hopped(long topicId, long firstSeq, long lastSeq, int hops) {
    SourceLanes source = sources.get(topicId);
    if (source != null) {
      source.hopped(firstSeq, lastSeq, hops);
    }
  }

  @Override
  public void recovered(Predicate<Topic> isThere) {
    for (Router router : List.copyOf(byId.values())) {
      boolean whole = isThere.test(router.destination());
      for (Lane lane : List.copyOf(router.lanes().values())) {
        if (!isThere.test(lane.source())) {
          whole &= router.config().source() instanceof RouterSource.Many;
          removeLane(router, lane);
        }
      }
      if (!whole) {
        drop(router);
      }
    }
  }

  @Override
  public Image image() {
    List<RouterImage> images = new ArrayList<>();
    for (Router router : byId.values()) {
      Map<Topic, Long> cursors = new LinkedHashMap<>();
      router.lanes().values().forEach(lane -> cursors.put(lane.source(), lane.cursor()));
      boolean one = router.config().source() instanceof RouterSource.One;
      Lane only = one ? router.firstLane() : null;
      images.add(
          new RouterImage(
              router.id(),
              router.config(),
              only == null ? null : only.source(),
              router.destination(),
              cursors,
              router.forwarded(),
              router.lsn()));
    }
    List<Supplier<List<RouterState.Hops>>> hops = new ArrayList<>();
    sources.values().forEach(source -> hops.add(source.knownHops()));
    return new Image(
        lastId, images, () -> hops.stream().flatMap(known -> known.get().stream()).toList());
  }

  @Override
  public void restore(int highestId, Map<Integer, Long> forwarded, List<RouterState.Hops> hops) {
    lastId = Math.max(lastId, highestId);
    forwarded.forEach((id, copies) -> known(id).addForwarded(copies));
    for (RouterState.Hops range : hops) {
      hopped(range.topicId(), range.firstSeq(), range.lastSeq(), range.hops());
    }
  }

  @Override
  public void created(Topic topic) {
    for (Router router : patterns) {
      if (router.config().source().matches(topic.name())) {
        addLane(router, topic, 0);
      }
    }
  }

  @Override
  public void dropped(Topic topic) {
    for (RouterName name : goingWith(topic)) {
      Router router = find(name);
      if (router != null) {
        drop(router);
      }
    }
    SourceLanes source = sources.get(topic.id());
    if (source != null) {
      source.lanes().forEach(lane -> removeLane(known(lane.router()), lane));
    }
  }

  @Override
  public List<RouterName> goingWith(Topic topic) {
    TreeSet<RouterName> names = new TreeSet<>();
    String name = topic.name().value();
    routers(name, null).values().forEach(router -> names.add(router.config().name()));
    routers(null, name).values().forEach(router -> names.add(router.config().name()));
    return List.copyOf(names);
  }
}
