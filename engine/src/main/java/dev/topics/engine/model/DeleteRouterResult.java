package dev.topics.engine.model;

/// What became of deleting a router.
public sealed interface DeleteRouterResult permits DeleteRouterResult.Deleted, Refusal {
  /// The router does not exist (any more); `deleted` tells whether it did.
  record Deleted(RouterName router, boolean deleted) implements DeleteRouterResult {}
}
