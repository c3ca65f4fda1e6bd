package dev.topics.server.http;

/// Answers the requests of one route.
///
/// Runs on the event loop of the connection and must not block. A [Rejected] becomes its problem as
/// the answer, any other exception a 500.
@FunctionalInterface
public interface Handler {
  void handle(Exchange exchange);
}
