package dev.topics.engine.model;

import java.util.List;

/// What became of creating or changing a router.
public sealed interface PutRouterResult
    permits PutRouterResult.Put,
        PutRouterResult.Cycle,
        PutRouterResult.FanIn,
        PutRouterResult.SameTopic,
        PutRouterResult.TooMany,
        Refusal {
  /// The router is there, on stable storage.
  record Put(RouterInfo router, boolean created) implements PutRouterResult {}

  /// Records would come back to where they came from, by way of these topics.
  record Cycle(List<String> path) implements PutRouterResult {}

  /// Another source already feeds the destination, by way of this router.
  record FanIn(RouterConfig router) implements PutRouterResult {}

  /// The source is the destination.
  record SameTopic(TopicName topic) implements PutRouterResult {}

  /// There are `max` routers already.
  record TooMany(int max) implements PutRouterResult {}
}
