package dev.topics.server.api;

import dev.topics.server.auth.Grant;
import dev.topics.server.auth.Permission;
import dev.topics.server.http.ByteOutput;
import dev.topics.server.http.Exchange;
import dev.topics.server.http.Handler;
import dev.topics.server.http.Method;
import dev.topics.server.http.Problem;
import dev.topics.server.http.Route.Access;
import dev.topics.server.http.Route.BodyRule;
import dev.topics.server.http.Router;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/// Health, readiness and metrics (http-api §10), under `/v0` and at the root.
final class StatusHandlers {
  private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

  private final Status status;
  private final Function<Grant, String> prometheus;

  StatusHandlers(Status status, Function<Grant, String> prometheus) {
    this.status = status;
    this.prometheus = prometheus;
  }

  void addTo(Router.Builder router) {
    add(router, "/v0/health", Permission.PROBE, this::health);
    add(router, "/healthz", Permission.PROBE, this::health);
    add(router, "/v0/ready", Permission.PROBE, this::ready);
    add(router, "/readyz", Permission.PROBE, this::ready);
    add(router, "/v0/metrics", Permission.READ, this::metrics);
    add(router, "/metrics", Permission.READ, this::metrics);
  }

  private static void add(
      Router.Builder router, String path, Permission permission, Handler handler) {
    router.add(Method.GET, path, BodyRule.IGNORED, permission, Access.ALWAYS, handler);
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

  /// Thousands of numbers take long enough to be collected that an event loop must not do it.
  private void metrics(Exchange exchange) {
    Grant grant = exchange.grant();
    CompletableFuture<String> scrape =
        CompletableFuture.supplyAsync(
            () -> prometheus.apply(grant), task -> Thread.ofVirtual().name("metrics").start(task));
    exchange.whenDone(scrape, text -> answerMetrics(exchange, text));
  }

  private static void answerMetrics(Exchange exchange, String text) {
    if (exchange.prefers("application/json", "text/plain")) {
      JsonAnswer.send(exchange, 200, json -> MetricsJson.write(text, json));
    } else {
      ByteOutput out = exchange.output();
      out.utf8(text);
      exchange.send(200, PROMETHEUS_TEXT, Map.of(), out);
    }
  }
}
