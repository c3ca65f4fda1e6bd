package dev.topics.server.api;

import dev.topics.engine.model.DeleteRouterResult;
import dev.topics.engine.model.PutRouterResult;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.RouterConfig;
import dev.topics.engine.model.RouterInfo;
import dev.topics.engine.model.RouterName;
import dev.topics.engine.model.RouterPage;
import dev.topics.engine.model.TopicName;
import dev.topics.server.auth.Permission;
import dev.topics.server.http.ErrorCode;
import dev.topics.server.http.Exchange;
import dev.topics.server.http.Method;
import dev.topics.server.http.Problem;
import dev.topics.server.http.Query;
import dev.topics.server.http.Route.BodyRule;
import dev.topics.server.http.Router;
import java.util.List;

/// Routers (http-api §7): create or change, look at, list, delete.
final class RouterHandlers {
  private static final int PAGE_SIZE_DEFAULT = 100;
  private static final int PAGE_SIZE_MAX = 1000;
  private static final int RETRY_SECONDS = 1;

  /// Stands for a name that the client may not know.
  private static final String HIDDEN = "?";

  private final Service service;

  RouterHandlers(Service service) {
    this.service = service;
  }

  void addTo(Router.Builder router) {
    router
        .add(Method.GET, "/v0/routers", BodyRule.IGNORED, Permission.READ, this::list)
        .add(Method.GET, "/v0/routers/{router}", BodyRule.IGNORED, Permission.READ, this::state)
        .add(Method.PUT, "/v0/routers/{router}", BodyRule.JSON, Permission.ADMIN, this::put)
        .add(
            Method.DELETE,
            "/v0/routers/{router}",
            BodyRule.IGNORED,
            Permission.DELETE,
            this::delete);
  }

  private void put(Exchange exchange) {
    RouterName name = Names.router(exchange);
    RouterFields fields = new RouterFields();
    Fields.read(exchange, fields::take);
    var patch = fields.patch(exchange);
    RouterInfo before = service.engine().router(name);
    if (before != null) {
      Authorizer.checkRouter(exchange, before.config());
    }
    var started = WriteTiming.start(() -> service.engine().putRouter(name, patch));
    exchange.whenDone(started.answer(), result -> answerPut(exchange, result, started.timing()));
  }

  private static void answerPut(Exchange exchange, PutRouterResult result, WriteTiming timing) {
    switch (result) {
      case PutRouterResult.Put(RouterInfo router, boolean created) ->
          JsonAnswer.send(
              exchange,
              created ? 201 : 200,
              json -> {
                RouterFields.write(router, json);
                json.writeBooleanProperty("created", created);
              },
              timing);
      case PutRouterResult.Cycle(List<String> path) -> exchange.fail(cycle(exchange, path));
      case PutRouterResult.FanIn(RouterConfig other) -> exchange.fail(fanIn(exchange, other));
      case PutRouterResult.SameTopic(TopicName topic) ->
          exchange.fail(
              Problem.invalid(
                      "source and dest must be different topics, not both \"%s\"".formatted(topic))
                  .with("field", "dest"));
      case PutRouterResult.TooMany(int max) ->
          exchange.fail(
              Problem.of(
                      ErrorCode.THROTTLED, "there are %d routers, as many as may be".formatted(max))
                  .with("limit", "max_routers")
                  .with("max", max)
                  .retryAfterSeconds(RETRY_SECONDS));
      case Refusal refusal -> exchange.fail(Refusals.problem(refusal));
    }
  }

  /// Topics on the way that the client may not know of have no name.
  private static Problem cycle(Exchange exchange, List<String> path) {
    List<String> shown =
        path.stream().map(topic -> exchange.grant().reaches(topic) ? topic : HIDDEN).toList();
    return Problem.of(
            ErrorCode.ROUTER_CYCLE,
            "records would come back: %s; allow_cycle lets them, up to 16 times"
                .formatted(String.join(" -> ", shown)))
        .with("cycle", shown);
  }

  /// Who feeds the destination is told to those who may look at that router.
  private static Problem fanIn(Exchange exchange, RouterConfig other) {
    String dest = other.dest().value();
    boolean known = Authorizer.reaches(exchange.grant(), other);
    String source = known ? "from \"" + other.source().text() + "\"" : "from another source";
    String router = known ? " by router \"" + other.name() + "\"" : "";
    Problem problem =
        Problem.of(
                ErrorCode.TOPIC_EXISTS_INCOMPATIBLE,
                "topic \"%s\" is fed %s%s, and takes one source only"
                    .formatted(dest, source, router))
            .with("reason", "router_dest_fan_in")
            .with("dest", dest);
    return known
        ? problem.with("source", other.source().text()).with("router", other.name().value())
        : problem;
  }

  private void state(Exchange exchange) {
    RouterName name = Names.router(exchange);
    RouterInfo router = service.engine().router(name);
    if (router == null) {
      throw Problem.of(ErrorCode.ROUTER_NOT_FOUND, "router \"" + name + "\" does not exist")
          .with("router", name.value())
          .rejected();
    }
    Authorizer.checkRouter(exchange, router.config());
    JsonAnswer.send(exchange, 200, json -> RouterFields.write(router, json));
  }

  private void list(Exchange exchange) {
    Query query = exchange.query();
    String cursor = query.text("cursor");
    long wanted = query.number("page_size", PAGE_SIZE_DEFAULT);
    RouterPage page =
        service
            .engine()
            .routers(
                exchange.grant().within(query.text("prefix", "")),
                query.text("source"),
                query.text("dest"),
                cursor == null ? "" : PageCursor.decode(cursor),
                wanted == 0 ? PAGE_SIZE_DEFAULT : (int) Math.min(wanted, PAGE_SIZE_MAX));
    JsonAnswer.send(
        exchange,
        200,
        json -> {
          json.writeArrayPropertyStart("routers");
          for (RouterInfo router : page.routers()) {
            if (Authorizer.reaches(exchange.grant(), router.config())) {
              json.writeStartObject();
              RouterFields.write(router, json);
              json.writeEndObject();
            }
          }
          json.writeEndArray();
          if (page.more()) {
            String last = page.routers().getLast().config().name().value();
            json.writeStringProperty("next_cursor", PageCursor.encode(last));
          }
        });
  }

  private void delete(Exchange exchange) {
    RouterName name = Names.router(exchange);
    RouterInfo router = service.engine().router(name);
    if (router != null) {
      Authorizer.checkRouter(exchange, router.config());
    }
    var started = WriteTiming.start(() -> service.engine().deleteRouter(name));
    exchange.whenDone(started.answer(), result -> answerDelete(exchange, result, started.timing()));
  }

  private static void answerDelete(
      Exchange exchange, DeleteRouterResult result, WriteTiming timing) {
    switch (result) {
      case DeleteRouterResult.Deleted(RouterName name, boolean deleted) ->
          JsonAnswer.send(
              exchange,
              200,
              json -> {
                json.writeStringProperty("router", name.value());
                json.writeBooleanProperty("deleted", deleted);
              },
              timing);
      case Refusal refusal -> exchange.fail(Refusals.problem(refusal));
    }
  }
}
