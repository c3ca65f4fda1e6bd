package dev.topics.server.api;

import dev.topics.server.http.Router;
import java.util.function.Supplier;

/// All routes of the contract that are served.
public final class ApiRoutes {
  private ApiRoutes() {}

  /// The router over all handlers.
  ///
  /// @param limitMax most records of one read
  /// @param deliveries hears of what readers get
  /// @param prometheus the metrics as Prometheus text
  public static Router router(
      Service service,
      Status status,
      int limitMax,
      DeliveryListener deliveries,
      Supplier<String> prometheus) {
    Router.Builder router = Router.builder();
    new TopicHandlers(service).addTo(router);
    new AppendHandler(service).addTo(router);
    new DiffHandler(service, limitMax, deliveries).addTo(router);
    new DeleteHandler(service).addTo(router);
    new StatusHandlers(status, prometheus).addTo(router);
    return router.build();
  }
}
