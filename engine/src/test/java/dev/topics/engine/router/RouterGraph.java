package dev.topics.engine.router;

import dev.topics.engine.model.RouterSource;
import dev.topics.engine.model.TagMatch;
import dev.topics.engine.model.TopicName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Which topics and routers there are and were, as their owner knows it.
final class RouterGraph {
  /// How a router was last asked for.
  record Wish(
      String name,
      RouterSource source,
      String dest,
      boolean stamped,
      boolean tags,
      boolean cycle,
      @Nullable TagMatch filter) {

    boolean stamps() {
      return stamped || source instanceof RouterSource.Many;
    }

    Wish withFilter(@Nullable TagMatch other) {
      return new Wish(name, source, dest, stamped, tags, cycle, other);
    }

    Wish from(RouterSource other) {
      return new Wish(name, other, dest, stamped, tags, cycle, filter);
    }

    Wish to(String other) {
      return new Wish(name, source, other, stamped, tags, cycle, filter);
    }
  }

  private final Map<String, TopicMemory> topics = new TreeMap<>();
  private final Map<String, Wish> routers = new TreeMap<>();
  private final Map<String, List<Leg>> current = new HashMap<>();
  private final List<Leg> ended = new ArrayList<>();
  private final Set<String> changed = new HashSet<>();
  private boolean cyclic;

  Map<String, TopicMemory> topics() {
    return topics;
  }

  TopicMemory topic(String name) {
    return topics.get(name);
  }

  Map<String, Wish> routers() {
    return routers;
  }

  /// Ways that end nowhere yet.
  List<Leg> legs(String router) {
    return current.getOrDefault(router, List.of());
  }

  /// Ways that ended, to destinations that are still there.
  List<Leg> ended() {
    return ended;
  }

  /// Whether a router leads where it always led, from one topic.
  boolean isUnchanged(String router) {
    return legs(router).size() == 1
        && routers.get(router).source() instanceof RouterSource.One
        && !changed.contains(router);
  }

  /// Whether records come round, or did.
  boolean isCyclic() {
    return cyclic;
  }

  /// A topic is new.
  TopicMemory created(String name) {
    TopicMemory topic = new TopicMemory(name);
    topics.put(name, topic);
    for (Wish wish : routers.values()) {
      if (wish.source() instanceof RouterSource.Many many && many.matches(new TopicName(name))) {
        begin(wish, topic, 0);
      }
    }
    return topic;
  }

  /// A router is new, or leads elsewhere.
  ///
  /// @param starts where a new way begins in its source
  /// @param cursors of a way, just before
  void put(Wish wish, ToLongFunction<TopicMemory> starts, ToLongFunction<Leg> cursors) {
    Wish before = routers.put(wish.name(), wish);
    cyclic |= wish.cycle();
    if (before != null) {
      changed.add(wish.name());
    }
    boolean anew = before == null || !before.source().equals(wish.source());
    if (anew) {
      end(wish.name(), cursors);
      for (TopicMemory topic : topics.values()) {
        if (wish.source().matches(new TopicName(topic.name()))) {
          begin(wish, topic, starts.applyAsLong(topic));
        }
      }
    } else if (!before.dest().equals(wish.dest())) {
      List<Leg> legs = legs(wish.name());
      end(wish.name(), cursors);
      legs.forEach(leg -> begin(wish, leg.source(), leg.end()));
    } else {
      for (Leg leg : legs(wish.name())) {
        leg.filterFrom(cursors.applyAsLong(leg), wish.filter());
      }
    }
  }

  private void begin(Wish wish, TopicMemory source, long start) {
    TopicMemory dest = topics.get(wish.dest());
    Leg leg = new Leg(wish.name(), source, dest, start, wish.stamps(), wish.tags(), wish.filter());
    dest.into().add(leg);
    current.computeIfAbsent(wish.name(), _ -> new ArrayList<>()).add(leg);
  }

  private void end(String router, ToLongFunction<Leg> cursors) {
    List<Leg> legs = current.remove(router);
    if (legs != null) {
      legs.forEach(leg -> leg.endAt(cursors.applyAsLong(leg)));
      ended.addAll(legs);
    }
  }

  /// A router is gone.
  void delete(String router, ToLongFunction<Leg> cursors) {
    routers.remove(router);
    end(router, cursors);
  }

  /// The routers that go with a topic.
  List<String> goingWith(String topic) {
    return routers.values().stream()
        .filter(wish -> wish.dest().equals(topic) || wish.source().text().equals(topic))
        .map(Wish::name)
        .toList();
  }

  /// A topic is gone, and what leads from and to it.
  void dropped(String name, ToLongFunction<Leg> cursors) {
    goingWith(name).forEach(router -> delete(router, cursors));
    TopicMemory topic = topics.remove(name);
    topic.drop();
    for (List<Leg> legs : current.values()) {
      for (Leg leg : List.copyOf(legs)) {
        if (leg.source() == topic) {
          leg.endAt(cursors.applyAsLong(leg));
          legs.remove(leg);
          ended.add(leg);
        }
      }
    }
    ended.removeIf(leg -> leg.dest() == topic);
  }
}
