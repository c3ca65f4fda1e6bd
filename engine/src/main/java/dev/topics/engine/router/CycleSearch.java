package dev.topics.engine.router;

import dev.topics.engine.model.RouterConfig;
import dev.topics.engine.model.TopicName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Finds the way on which records of a new router would come back to its source.
///
/// Names are all that matters, not which topics exist: a way leads from destination to destination,
/// and those exist.
///
/// **Threading** Under the commit lock.
final class CycleSearch {
  private CycleSearch() {}

  /// The topics on a shortest way from the source of `candidate` back to it; empty if there is
  /// none.
  static List<String> path(RouterTable routers, RouterConfig candidate) {
    Map<TopicName, TopicName> cameFrom = new HashMap<>();
    ArrayDeque<TopicName> next = new ArrayDeque<>();
    next.add(candidate.dest());
    cameFrom.put(candidate.dest(), candidate.dest());
    while (!next.isEmpty()) {
      TopicName topic = next.remove();
      if (candidate.source().matches(topic)) {
        return wayTo(topic, candidate.dest(), cameFrom);
      }
      for (Router router : routers.leaving(topic)) {
        TopicName dest = router.config().dest();
        if (!router.config().name().equals(candidate.name()) && !cameFrom.containsKey(dest)) {
          cameFrom.put(dest, topic);
          next.add(dest);
        }
      }
    }
    return List.of();
  }

  private static List<String> wayTo(
      TopicName source, TopicName dest, Map<TopicName, TopicName> cameFrom) {
    List<String> way = new ArrayList<>();
    TopicName at = source;
    while (!at.equals(dest)) {
      way.add(at.value());
      at = cameFrom.getOrDefault(at, dest);
    }
    way.add(dest.value());
    way.add(source.value());
    Collections.reverse(way);
    return way;
  }
}
