package dev.topics.server.api;

import dev.topics.engine.model.TopicName;
import dev.topics.server.http.Exchange;
import dev.topics.server.http.Problem;

/// Resolves the names that a request is about.
final class Names {
  private Names() {}

  /// The topic in the path.
  static TopicName topic(Exchange exchange) {
    return topic(exchange.parameter(0));
  }

  private static TopicName topic(String name) {
    try {
      return new TopicName(name);
    } catch (IllegalArgumentException e) {
      throw Problem.invalid(String.valueOf(e.getMessage())).with("topic", name).rejected();
    }
  }
}
