package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.server.api.ApiRoutes;
import dev.topics.server.http.Method;
import dev.topics.server.http.Route;
import dev.topics.server.limits.WatchLimits;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Every route with every set of scopes, with and without a prefix, on names in and out of reach
/// (http-api §9). A route that has no line in [#EXAMPLES] fails.
final class AuthorisationContractTest {
  private static final String OWNED = "own.";
  private static final String ADMIN = "everything";

  @RegisterExtension
  static final ContractServer server =
      new ContractServer(Map.of("TOPICS_API_KEYS", keys(), "TOPICS_MAX_FAILED_KEYS", "0"));

  private enum Scope {
    R,
    W,
    D,
    A
  }

  /// How a route is called.
  ///
  /// @param needs the scopes that the contract asks for; null where it asks for no key
  /// @param target with `{}` for a name, if it takes one
  /// @param body null for none; `{}` is the name
  /// @param status when everything is allowed
  private record Example(Set<Scope> needs, String target, String body, int status) {
    boolean named() {
      return target.contains("{}") || (body != null && body.contains("{}"));
    }

    String target(String name) {
      return target.replace("{}", name);
    }

    String body(String name) {
      return body == null ? null : body.replace("{}", name);
    }
  }

  private static final Set<Scope> READ = EnumSet.of(Scope.R);
  private static final Set<Scope> WRITE = EnumSet.of(Scope.W);
  private static final Set<Scope> DELETE = EnumSet.of(Scope.D);
  private static final Set<Scope> WORK = EnumSet.of(Scope.R, Scope.W);
  private static final Set<Scope> ADMINISTER = EnumSet.of(Scope.A);

  private static final Map<String, Example> EXAMPLES =
      Map.ofEntries(
          Map.entry("GET /v0/topics", new Example(READ, "/v0/topics", null, 200)),
          Map.entry("GET /v0/topics/{topic}", new Example(READ, "/v0/topics/{}", null, 200)),
          Map.entry(
              "PUT /v0/topics/{topic}",
              new Example(ADMINISTER, "/v0/topics/{}", "{'dead_letter':'{}.dead'}", 200)),
          Map.entry("DELETE /v0/topics/{topic}", new Example(DELETE, "/v0/topics/{}", null, 200)),
          Map.entry(
              "POST /v0/topics/{topic}",
              new Example(WRITE, "/v0/topics/{}", "{'records':[{'data':1}]}", 200)),
          Map.entry(
              "POST /v0/topics/{topic}/diff", new Example(READ, "/v0/topics/{}/diff", "{ }", 200)),
          Map.entry(
              "POST /v0/topics/{topic}/delete",
              new Example(DELETE, "/v0/topics/{}/delete", "{'before_seq':1}", 200)),
          Map.entry(
              "POST /v0/topics/{topic}/claim",
              new Example(WORK, "/v0/topics/{}/claim", "{'node':'w'}", 409)),
          Map.entry(
              "GET /v0/topics/{topic}/work",
              new Example(WORK, "/v0/topics/{}/work?node=w", null, 409)),
          Map.entry(
              "POST /v0/topics/{topic}/ack",
              new Example(WRITE, "/v0/topics/{}/ack", "{'node':'w','seqs':[1]}", 409)),
          Map.entry(
              "POST /v0/topics/{topic}/nack",
              new Example(WRITE, "/v0/topics/{}/nack", "{'node':'w','seqs':[1]}", 409)),
          Map.entry(
              "POST /v0/topics/{topic}/extend",
              new Example(
                  WRITE, "/v0/topics/{}/extend", "{'node':'w','seqs':[1],'lease_ms':1}", 409)),
          Map.entry(
              "GET /v0/topics/{topic}/leases",
              new Example(READ, "/v0/topics/{}/leases", null, 409)),
          Map.entry(
              "POST /v0/topics/{topic}/redrive",
              new Example(EnumSet.of(Scope.W, Scope.D), "/v0/topics/{}/redrive", "{'max':1}", 200)),
          Map.entry(
              "POST /v0/watch",
              new Example(READ, "/v0/watch", "{'topics':{'{}':{'tail':true}}}", 200)),
          Map.entry("GET /v0/watch/{wid}", new Example(READ, "/v0/watch/none", null, 404)),
          Map.entry("GET /v0/ws", new Example(EnumSet.noneOf(Scope.class), "/v0/ws", null, 400)),
          Map.entry("GET /v0/routers", new Example(READ, "/v0/routers", null, 200)),
          Map.entry("GET /v0/routers/{router}", new Example(READ, "/v0/routers/{}", null, 404)),
          Map.entry(
              "PUT /v0/routers/{router}",
              new Example(ADMINISTER, "/v0/routers/{}", "{'source':'{}','dest':'{}'}", 400)),
          Map.entry(
              "DELETE /v0/routers/{router}", new Example(DELETE, "/v0/routers/{}", null, 200)),
          Map.entry("GET /v0/health", new Example(null, "/v0/health", null, 200)),
          Map.entry("GET /healthz", new Example(null, "/healthz", null, 200)),
          Map.entry("GET /v0/ready", new Example(null, "/v0/ready", null, 200)),
          Map.entry("GET /readyz", new Example(null, "/readyz", null, 200)),
          Map.entry("GET /v0/metrics", new Example(READ, "/v0/metrics", null, 200)),
          Map.entry("GET /metrics", new Example(READ, "/metrics", null, 200)));

  /// A key for each set of scopes but the empty one, which the contract takes for all.
  private static List<Set<Scope>> scopeSets() {
    List<Set<Scope>> sets = new ArrayList<>();
    sets.add(EnumSet.noneOf(Scope.class));
    for (Scope scope : Scope.values()) {
      for (Set<Scope> without : List.copyOf(sets)) {
        Set<Scope> with = EnumSet.copyOf(without);
        with.add(scope);
        sets.add(with);
      }
    }
    sets.removeFirst();
    return sets;
  }

  private static String key(Set<Scope> scopes, boolean bound) {
    StringJoiner letters = new StringJoiner("");
    scopes.forEach(scope -> letters.add(scope.name()));
    return "key-" + letters + (bound ? "-bound" : "");
  }

  private static String keys() {
    StringJoiner entries = new StringJoiner(",");
    entries.add(ADMIN);
    for (Set<Scope> scopes : scopeSets()) {
      StringJoiner words = new StringJoiner("+");
      scopes.forEach(scope -> words.add(scope.name().toLowerCase(Locale.ROOT)));
      entries.add(key(scopes, false) + ":" + words);
      entries.add(key(scopes, true) + ":" + words + ":" + OWNED + "|also.");
    }
    return entries.toString();
  }

  @TestFactory
  Stream<DynamicTest> everyRouteAsksForWhatTheContractSays() {
    List<Route> routes =
        ApiRoutes.router(
                () -> null,
                null,
                new WatchLimits(1, 1, 1),
                1,
                null,
                (records, tombstone) -> {},
                grant -> "")
            .routes();
    assertThat(routes).extracting(Route::toString).containsAll(EXAMPLES.keySet());
    return routes.stream()
        .map(route -> DynamicTest.dynamicTest(route.toString(), () -> walk(route)));
  }

  @Test
  void aRouterNeedsItsSourceAndItsDestinationWithinReach() {
    String mine = OWNED + server.name();
    String bound = key(EnumSet.allOf(Scope.class), true);
    String route = "{'source':'%s','dest':'%s'}";
    for (String wrong :
        List.of(
            route.formatted("foreign", mine),
            route.formatted(mine, "foreign"),
            route.formatted("own*", mine),
            route.formatted("*.a", mine),
            route.formatted(">", mine))) {
      int status = keyed("PUT", "/v0/routers/" + mine, wrong, bound).send().status();
      assertThat(status).as(wrong).isIn(400, 403);
    }
    keyed("PUT", "/v0/routers/foreign", route.formatted(mine, mine + ".b"), bound)
        .send()
        .refused(403, "forbidden");
    keyed("PUT", "/v0/routers/" + mine, route.formatted(mine, mine + ".b"), bound).send().is(201);
    keyed("PUT", "/v0/routers/" + mine + "2", route.formatted("foreign", mine + ".c"), ADMIN)
        .send()
        .is(201);
    keyed("GET", "/v0/routers/" + mine + "2", null, bound).send().refused(403, "forbidden");
    keyed("DELETE", "/v0/routers/" + mine + "2", null, bound).send().refused(403, "forbidden");
    keyed("PUT", "/v0/routers/" + mine + "2", route.formatted(mine, mine + ".d"), bound)
        .send()
        .refused(403, "forbidden");
    Answer list = keyed("GET", "/v0/routers", null, bound).send().is(200);
    assertThat(list.at("/routers").size()).isOne();
    list.has("/routers/0/router", mine);
  }

  @Test
  void whatIsOutOfReachIsNotNamedWhereARouterIsRefused() {
    String mine = OWNED + server.name();
    String hidden = "hidden." + server.name();
    String bound = key(EnumSet.allOf(Scope.class), true);
    String route = "{'source':'%s','dest':'%s'}";
    keyed("PUT", "/v0/routers/" + mine + ".1", route.formatted(hidden, mine + ".a"), ADMIN)
        .send()
        .is(201);
    keyed("PUT", "/v0/routers/" + hidden + ".2", route.formatted(mine + ".b", hidden), ADMIN)
        .send()
        .is(201);
    Answer looked = keyed("GET", "/v0/routers/" + mine + ".1", null, bound).send();
    Answer fanIn =
        keyed("PUT", "/v0/routers/" + mine + ".3", route.formatted(mine, mine + ".a"), bound)
            .send()
            .refused(409, "topic_exists_incompatible")
            .has("/error/detail/reason", "router_dest_fan_in");
    Answer cycle =
        keyed("PUT", "/v0/routers/" + mine + ".4", route.formatted(mine + ".a", mine + ".b"), bound)
            .send()
            .refused(409, "router_cycle")
            .hasJson(
                "/error/detail/cycle", "['%s.a','%s.b','?','%s.a']".formatted(mine, mine, mine));
    Answer deleted = keyed("DELETE", "/v0/topics/" + mine + ".b", null, bound).send().is(200);
    looked.refused(403, "forbidden");
    for (Answer answer : List.of(looked, fanIn, cycle, deleted)) {
      assertThat(answer.text()).doesNotContain("hidden");
    }
  }

  private static void walk(Route route) {
    Example example = EXAMPLES.get(route.toString());
    assertThat(example).as("a line for %s, with what §9 asks for", route).isNotNull();
    String own = OWNED + server.name();
    String foreign = "foreign." + server.name();
    for (String name : List.of(own, foreign)) {
      check(route, example, name, null, example.needs == null ? example.status : 401);
      check(route, example, name, "not a key", example.needs == null ? example.status : 401);
      for (Set<Scope> scopes : scopeSets()) {
        boolean enough = example.needs == null || scopes.containsAll(example.needs);
        boolean within = !example.named() || name.equals(own);
        check(route, example, name, key(scopes, false), enough ? example.status : 403);
        check(route, example, name, key(scopes, true), enough && within ? example.status : 403);
      }
    }
  }

  private static void check(Route route, Example example, String name, String key, int status) {
    if (example.named()) {
      keyed("PUT", "/v0/topics/" + name, "{}", ADMIN).send();
    }
    Answer answer =
        keyed(route.method().name(), example.target(name), example.body(name), key).send();
    String what = "%s of %s with %s: %s".formatted(route, name, key, answer);
    assertThat(answer.status()).as(what).isEqualTo(status);
    switch (status) {
      case 401 -> {
        answer.refused(401, "unauthorized");
        assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer");
      }
      case 403 -> answer.refused(403, "forbidden");
      default -> assertThat(answer.header("WWW-Authenticate")).isEmpty();
    }
    if (route.method() == Method.GET && status > 400 && status < 404) {
      int head = keyed("HEAD", example.target(name), null, key).send(Wire::readHead).status();
      assertThat(head).as("HEAD, " + what).isEqualTo(status);
    }
  }

  @Test
  void aSocketChecksEachMessage() {
    String own = OWNED + server.name();
    String foreign = "foreign." + server.name();
    keyed("PUT", "/v0/topics/" + own, "{}", ADMIN).send().is(201);
    keyed("PUT", "/v0/topics/" + foreign, "{}", ADMIN).send().is(201);
    String subscribe = "{'type':'subscribe','topic':'%s'}";
    String publish = "{'type':'publish','topic':'%s','records':[{'data':1}]%s}";
    try (SocketClient reader = socket(key(READ, true));
        SocketClient writer = socket(key(WRITE, true))) {
      reader.send(subscribe.formatted(own)).read("subscribed");
      reader.read("caught_up");
      refused(reader.send(subscribe.formatted(foreign)));
      refused(reader.send(publish.formatted(own, "")));
      writer.send(publish.formatted(own, "")).read("ack");
      reader.read("record");
      refused(writer.send(publish.formatted(foreign, "")));
      refused(writer.send(publish.formatted(own, ",'config':{}")));
      refused(writer.send(subscribe.formatted(own)));
    }
  }

  private static SocketClient socket(String key) {
    return new SocketClient(server.address(), "Authorization: Bearer " + key);
  }

  private static void refused(SocketClient client) {
    assertThat(client.read("error").path("code").asString()).isEqualTo("forbidden");
  }

  private static Request keyed(String method, String target, String body, String key) {
    Request request = server.request(method, target);
    if (body != null) {
      request.json(body);
    }
    return key == null ? request : request.header("Authorization", "Bearer " + key);
  }
}
