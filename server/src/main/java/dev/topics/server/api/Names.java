package dev.topics.server.api;

import dev.topics.engine.model.RouterName;
import dev.topics.engine.model.RouterSource;
import dev.topics.engine.model.TopicName;
import dev.topics.server.http.Exchange;
import dev.topics.server.http.Problem;

/// Resolves the names that a request is about, those only that its client may touch.
final class Names {
  private Names() {}

  /// The topic in the path.
  ///
  /// @throws dev.topics.server.http.Rejected 400 for what is no name, 403 if it is out of reach
  static TopicName topic(Exchange exchange) {
    return topic(exchange, exchange.parameter(0));
  }

  /// The router in the path.
  ///
  /// @throws dev.topics.server.http.Rejected 400 for what is no name, 403 if it is out of reach
  static RouterName router(Exchange exchange) {
    String name = exchange.parameter(0);
    RouterName router;
    try {
      router = new RouterName(name);
    } catch (IllegalArgumentException e) {
      throw Problem.invalid(saying(e, name)).with("router", Problem.excerpt(name)).rejected();
    }
    Authorizer.checkName(exchange, name);
    return router;
  }

  /// Where a router takes its records from: of a pattern, what stands before its first wildcard
  /// must be within reach.
  ///
  /// @throws dev.topics.server.http.Rejected 400 for what is neither, 403 if it is out of reach
  static RouterSource source(Exchange exchange, String text) {
    RouterSource source;
    try {
      source = RouterSource.of(text);
    } catch (IllegalArgumentException e) {
      throw Problem.invalid(
              "source: " + e.getMessage() + "; \"" + Problem.excerpt(text) + "\" is none")
          .with("field", "source")
          .rejected();
    }
    Authorizer.checkName(exchange, source.literalPrefix());
    return source;
  }

  /// The topic that a router forwards to.
  ///
  /// @throws dev.topics.server.http.Rejected 400 for what is no name, 403 if it is out of reach
  static TopicName dest(Exchange exchange, String name) {
    TopicName dest = check("dest", name);
    Authorizer.checkName(exchange, name);
    return dest;
  }

  /// What `field` must name is a topic, whether there is one or not.
  ///
  /// @throws dev.topics.server.http.Rejected 400 for what is no name
  static TopicName check(String field, String name) {
    try {
      return new TopicName(name);
    } catch (IllegalArgumentException e) {
      throw Problem.invalid(field + ": " + saying(e, name)).with("field", field).rejected();
    }
  }

  private static String saying(IllegalArgumentException rule, String name) {
    return rule.getMessage() + "; \"" + Problem.excerpt(name) + "\" does not";
  }

  /// A topic named anywhere in a request.
  ///
  /// @throws dev.topics.server.http.Rejected 400 for what is no name, 403 if it is out of reach
  static TopicName topic(Exchange exchange, String name) {
    TopicName topic;
    try {
      topic = new TopicName(name);
    } catch (IllegalArgumentException e) {
      throw Problem.invalid(saying(e, name)).with("topic", Problem.excerpt(name)).rejected();
    }
    Authorizer.checkName(exchange, name);
    return topic;
  }
}
