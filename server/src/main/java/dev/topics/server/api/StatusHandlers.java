package dev.topics.server.api;

import dev.topics.server.http.ByteOutput;
import dev.topics.server.http.Exchange;
import dev.topics.server.http.Handler;
import dev.topics.server.http.Method;
import dev.topics.server.http.Problem;
import dev.topics.server.http.Route.Access;
import dev.topics.server.http.Route.BodyRule;
import dev.topics.server.http.Router;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.Map;
import java.util.function.Supplier;

/// Health, readiness and metrics (http-api §10), under `/v0` and at the root.
final class StatusHandlers {
  private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

  private final Status status;
  private final Supplier<String> prometheus;

  StatusHandlers(Status status, Supplier<String> prometheus) {
    this.status = status;
    this.prometheus = prometheus;
  }

  void addTo(Router.Builder router) {
    add(router, "/v0/health", this::health);
    add(router, "/healthz", this::health);
    add(router, "/v0/ready", this::ready);
    add(router, "/readyz", this::ready);
    add(router, "/v0/metrics", this::metrics);
    add(router, "/metrics", this::metrics);
  }

  private static void add(Router.Builder router, String path, Handler handler) {
    router.add(Method.GET, path, BodyRule.IGNORED, Access.ALWAYS, handler);
  }

  private void health(Exchange exchange) {
    JsonAnswer.send(
        exchange,
        200,
        json -> {
          json.writeStringProperty("status", "ok");
          json.writeStringProperty("version", status.version());
          json.writeNumberProperty("uptime_ms", status.uptimeMillis());
        });
  }

  private void ready(Exchange exchange) {
    Problem unready = status.unready();
    if (unready != null) {
      throw unready.rejected();
    }
    JsonAnswer.send(
        exchange,
        200,
        json -> {
          json.writeStringProperty("status", "ready");
          json.writeBooleanProperty("wal_replay_complete", true);
          json.writeNumberProperty("topics", status.topics());
        });
  }

  private void metrics(Exchange exchange) {
    String accept = exchange.header(HttpHeaderNames.ACCEPT);
    String text = prometheus.get();
    if (accept != null && accept.contains("application/json")) {
      JsonAnswer.send(exchange, 200, json -> MetricsJson.write(text, json));
    } else {
      ByteOutput out = exchange.output();
      out.utf8(text);
      exchange.send(200, PROMETHEUS_TEXT, Map.of(), out);
    }
  }
}
