package dev.topics.server.api;

import dev.topics.engine.topic.Appender;
import dev.topics.engine.watch.WatchDesk;
import dev.topics.server.auth.Permission;
import dev.topics.server.http.Exchange;
import dev.topics.server.http.LoopLocal;
import dev.topics.server.http.Method;
import dev.topics.server.http.Route.BodyRule;
import dev.topics.server.http.Router;
import dev.topics.server.limits.WatchLimits;

/// The WebSocket (http-api §6.6).
///
/// @param desks what each event loop delivers with
record SocketHandlers(
    Service service,
    WatchLimits limits,
    LoopLocal<WatchDesk<WatchPage>> desks,
    LoopLocal<Appender> appenders,
    DeliveryListener deliveries) {

  void addTo(Router.Builder router) {
    router.add(Method.GET, "/v0/ws", BodyRule.IGNORED, Permission.ANY_KEY, this::open);
  }

  private void open(Exchange exchange) {
    SocketCommands commands = new SocketCommands(this, exchange);
    commands.begin(exchange.webSocket(commands));
  }
}
