package dev.topics.server.api;

import dev.topics.engine.topic.Appender;
import dev.topics.engine.topic.Newswire;
import dev.topics.engine.watch.WatchDesk;
import dev.topics.server.auth.Grant;
import dev.topics.server.http.LoopLocal;
import dev.topics.server.http.Router;
import dev.topics.server.limits.WatchLimits;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;

/// All routes of the contract that are served.
public final class ApiRoutes {
  private ApiRoutes() {}

  /// The router over all handlers.
  ///
  /// @param limits of reads and watches
  /// @param claimMax most jobs of one claim, and under way on one stream
  /// @param waiting runs what waits for the disk
  /// @param deliveries hears of what readers get
  /// @param prometheus the metrics as Prometheus text, as far as a client may see them
  public static Router router(
      Service service,
      Status status,
      WatchLimits limits,
      int claimMax,
      ExecutorService waiting,
      DeliveryListener deliveries,
      Function<Grant, String> prometheus) {
    Router.Builder router = Router.builder();
    new TopicHandlers(service).addTo(router);
    LoopLocal<Appender> appenders = new LoopLocal<>(() -> service.engine().newAppender());
    new AppendHandler(appenders).addTo(router);
    LoopLocal<Newswire> wires =
        new LoopLocal<>(loop -> service.engine().newWire(loop, loop::later));
    Fetches fetches = new Fetches(waiting);
    LoopLocal<WatchDesk<WatchPage>> desks = WatchHandlers.desks(service, wires, fetches);
    new DiffHandler(service, limits.limitMax(), wires, fetches, deliveries).addTo(router);
    new WatchHandlers(service, limits, desks, deliveries).addTo(router);
    new SocketHandlers(service, limits, desks, appenders, deliveries).addTo(router);
    new DeleteHandler(service).addTo(router);
    new RouterHandlers(service).addTo(router);
    new ClaimHandler(service, claimMax).addTo(router);
    new LeaseHandlers(service).addTo(router);
    new WorkHandler(service, claimMax).addTo(router);
    new RedriveHandler(service).addTo(router);
    new StatusHandlers(status, prometheus).addTo(router);
    return router.build();
  }
}
