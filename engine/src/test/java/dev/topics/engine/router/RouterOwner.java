package dev.topics.engine.router;

import dev.topics.engine.Engine;
import dev.topics.engine.model.ConfigPatch;
import dev.topics.engine.model.DeleteRouterResult;
import dev.topics.engine.model.DeleteTopicResult;
import dev.topics.engine.model.Discard;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.Guarantee;
import dev.topics.engine.model.PutRouterResult;
import dev.topics.engine.model.PutTopicResult;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.RouterInfo;
import dev.topics.engine.model.RouterName;
import dev.topics.engine.model.RouterPatch;
import dev.topics.engine.model.RouterSource;
import dev.topics.engine.model.TagMatch;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.model.TopicType;
import dev.topics.engine.router.RouterGraph.Wish;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Creates, changes and deletes topics and routers of a simulated life, and keeps the books.
final class RouterOwner {
  private static final int ROOTS = 3;
  private static final int ROUTERS_MAX = 7;
  private static final List<String> PATTERNS = List.of("r.*", "r.>", "d.>");

  /// Waits for an answer.
  interface Waiting {
    <R> R await(CompletableFuture<R> answer);
  }

  /// What may happen to the records of a topic.
  ///
  /// @param loses whether it may lose copies by itself
  /// @param full whether it refuses more than it may hold
  private record Traits(boolean loses, boolean full, boolean queue) {}

  /// A change that was refused by a failing disk, so that it may have happened or not.
  private record Unsure(BooleanSupplier happened, Runnable change) {}

  private final SplittableRandom random;
  private final RouterGraph graph;
  private final RouterTrial.Hazards hazards;
  private final Waiting waiting;
  private final BooleanSupplier look;
  private final Map<String, Traits> traits = new HashMap<>();
  private @Nullable Unsure unsure;
  private Engine engine;
  private int created;

  @SuppressWarnings("NullAway.Init") // set by serve
  RouterOwner(
      SplittableRandom random,
      RouterGraph graph,
      RouterTrial.Hazards hazards,
      Waiting waiting,
      BooleanSupplier look) {
    this.random = random;
    this.graph = graph;
    this.hazards = hazards;
    this.waiting = waiting;
    this.look = look;
  }

  void serve(Engine opened) {
    engine = opened;
  }

  private <T> T oneOf(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  /// A topic that clients write to, which is created if absent; null if that fails.
  @Nullable String someRoot() {
    String name = "r." + random.nextInt(ROOTS);
    return graph.topic(name) != null || addTopic(name, true, false) ? name : null;
  }

  @Nullable String someTopic() {
    List<String> names = List.copyOf(graph.topics().keySet());
    return names.isEmpty() ? null : oneOf(names);
  }

  boolean isFull(String topic) {
    return traits.get(topic).full();
  }

  List<String> queues() {
    return graph.topics().keySet().stream().filter(name -> traits.get(name).queue()).toList();
  }

  /// Whether each seq of the topic is a copy, or stands for a loss of the source.
  boolean keepsEverything(TopicMemory topic) {
    Traits its = traits.get(topic.name());
    return !topic.name().startsWith("r.") && !its.loses() && !its.full() && !its.queue();
  }

  private boolean addTopic(String name, boolean root, boolean mayBeFull) {
    Durability durability = oneOf(List.of(Durability.values()));
    int cap = 3 + random.nextInt(20);
    boolean promised =
        durability == Durability.FSYNC
            || (durability != Durability.EPHEMERAL && !hazards.takeUnsynced());
    int kind = random.nextInt(5);
    boolean capped = kind == 0 && (root || promised);
    boolean expires = kind == 1 && root;
    boolean full = kind == 1 && !root && promised && mayBeFull;
    boolean queue = kind == 2 && !root;
    ConfigPatch patch =
        builder -> {
          builder.durability(durability).type(queue ? TopicType.QUEUE : TopicType.LOG);
          if (capped || full) {
            builder.capRecords(cap).discard(full ? Discard.REJECT : Discard.OLD);
          }
          if (expires) {
            builder.ttlMillis(2000);
          }
        };
    Traits its = new Traits(capped || !promised, full, queue);
    Runnable change =
        () -> {
          traits.put(name, its);
          var _ = graph.created(name);
        };
    var answer = waiting.await(engine.putTopic(new TopicName(name), patch));
    return happened(
        answer instanceof PutTopicResult.Put,
        answer,
        new Unsure(() -> engine.state(new TopicName(name), false) != null, change));
  }

  /// Does what an answer says. A failing disk leaves open whether it happened.
  private boolean happened(boolean done, Object answer, Unsure change) {
    if (done) {
      change.change().run();
      return true;
    }
    RouteOracle.require(
        answer instanceof Refusal.StorageFailed || answer instanceof Refusal.StorageFull,
        "refused: %s",
        answer);
    RouteOracle.require(hazards.faults(), "refused without a fault: %s", answer);
    if (answer instanceof Refusal.StorageFailed) {
      unsure = change;
    }
    return false;
  }

  /// After a restart it is certain.
  void learnWhatBecameOf() {
    Unsure open = unsure;
    unsure = null;
    if (open != null && open.happened().getAsBoolean()) {
      open.change().run();
    }
  }

  /// A router from a topic or a pattern to a new topic, or back to where records came from.
  void addRoute() {
    if (graph.routers().size() == ROUTERS_MAX || !look.getAsBoolean()) {
      return;
    }
    switch (random.nextInt(6)) {
      case 0 -> addPattern();
      case 1 -> addCycle();
      default -> {
        String source = someTopic();
        String dest = source == null ? null : newDest("d.");
        if (dest != null) {
          TagMatch filter = someFilter();
          boolean stamped = hazards.cycles() || random.nextBoolean();
          boolean tags = random.nextInt(4) > 0;
          put(
              new Wish(newName(), RouterSource.of(source), dest, stamped, tags, false, filter),
              random.nextInt(3) == 0);
        }
      }
    }
  }

  private void addPattern() {
    String dest = newDest("p.");
    if (dest != null) {
      RouterSource source = RouterSource.of(oneOf(PATTERNS));
      put(
          new Wish(newName(), source, dest, false, true, false, someFilter()),
          random.nextInt(3) == 0);
    }
  }

  /// Copies come back to a topic that clients write to.
  private void addCycle() {
    String root = hazards.cycles() ? someRoot() : null;
    if (root == null || !graph.topic(root).into().isEmpty()) {
      return;
    }
    String dest = newDest("c.");
    RouterSource source = RouterSource.of(root);
    if (dest != null
        && put(new Wish(newName(), source, dest, true, true, true, null), false)
        && look.getAsBoolean()) {
      put(new Wish(newName(), RouterSource.of(dest), root, true, true, true, null), false);
    }
  }

  private String newName() {
    return "n" + ++created;
  }

  private @Nullable String newDest(String prefix) {
    String name = prefix + ++created;
    return addTopic(name, false, !prefix.equals("c.")) && look.getAsBoolean() ? name : null;
  }

  private @Nullable TagMatch someFilter() {
    return switch (random.nextInt(5)) {
      case 0 -> new TagMatch.Exact("t" + random.nextInt(4));
      case 1 -> new TagMatch.Prefix("t");
      default -> null;
    };
  }

  /// Another filter, another destination, or another source.
  void changeRoute() {
    List<Wish> routers = graph.routers().values().stream().filter(wish -> !wish.cycle()).toList();
    if (routers.isEmpty() || !look.getAsBoolean()) {
      return;
    }
    Wish wish = oneOf(routers);
    int kind = random.nextInt(3);
    if (kind == 0) {
      put(wish.withFilter(someFilter()), false);
      return;
    }
    String dest = newDest(wish.dest().substring(0, 2));
    if (dest == null) {
      return;
    }
    if (kind == 1 || wish.source() instanceof RouterSource.Many) {
      put(wish.to(dest), false);
    } else {
      put(wish.to(dest).from(RouterSource.of("r.0")), random.nextBoolean());
    }
  }

  private boolean put(Wish wish, boolean fromStart) {
    RouterPatch patch =
        RouterPatch.route(wish.source(), new TopicName(wish.dest()))
            .withFilter(wish.filter())
            .preserving(true, wish.tags())
            .withGuarantee(wish.stamped() ? Guarantee.EXACTLY_ONCE : Guarantee.AT_LEAST_ONCE);
    patch = wish.cycle() ? patch.allowingCycles() : patch;
    patch = fromStart ? patch.startingBehind(0) : patch;
    RouterName name = new RouterName(wish.name());
    if (wish.source() instanceof RouterSource.One(TopicName source)
        && graph.topic(source.value()) == null
        && !addTopic(source.value(), true, false)) {
      return false;
    }
    if (!look.getAsBoolean()) {
      return false;
    }
    Map<TopicMemory, Long> starts = new HashMap<>();
    graph.topics().values().forEach(topic -> starts.put(topic, fromStart ? 0 : topic.head()));
    Map<Leg, Long> cursors = cursors();
    var answer = waiting.await(engine.putRouter(name, patch));
    if (answer instanceof PutRouterResult.Cycle && !wish.cycle()) {
      return false;
    }
    return happened(
        answer instanceof PutRouterResult.Put,
        answer,
        new Unsure(
            () -> {
              RouterInfo info = engine.router(name);
              return info != null
                  && info.config().dest().value().equals(wish.dest())
                  && info.config().source().equals(wish.source())
                  && Objects.equals(info.config().filter(), wish.filter());
            },
            () -> graph.put(wish, starts::get, cursors::get)));
  }

  /// Where all routers are now.
  private Map<Leg, Long> cursors() {
    Map<Leg, Long> cursors = new HashMap<>();
    for (String router : graph.routers().keySet()) {
      for (Leg leg : graph.legs(router)) {
        cursors.put(leg, cursor(leg));
      }
    }
    return cursors;
  }

  /// Where a way of now is.
  long cursor(Leg leg) {
    RouterInfo info = engine.router(new RouterName(leg.router()));
    RouteOracle.require(info != null, "%s is not there", leg);
    for (RouterInfo.Source source : info.sources()) {
      if (source.topic().value().equals(leg.source().name())) {
        return source.cursor();
      }
    }
    throw new RouteOracle.Violated(leg + " has no cursor: " + info);
  }

  /// A router goes, or a topic and what leads from and to it.
  void removeSomething() {
    if (random.nextBoolean() && !graph.routers().isEmpty()) {
      String router = oneOf(List.copyOf(graph.routers().keySet()));
      Map<Leg, Long> cursors = cursors();
      RouterName name = new RouterName(router);
      var answer = waiting.await(engine.deleteRouter(name));
      happened(
          answer instanceof DeleteRouterResult.Deleted,
          answer,
          new Unsure(() -> engine.router(name) == null, () -> graph.delete(router, cursors::get)));
      return;
    }
    String topic = someTopic();
    if (topic == null || !look.getAsBoolean()) {
      return;
    }
    List<String> going = graph.goingWith(topic);
    Map<Leg, Long> cursors = cursors();
    TopicName name = new TopicName(topic);
    var answer = waiting.await(engine.deleteTopic(name, false));
    boolean done = answer instanceof DeleteTopicResult.Deleted;
    if (answer instanceof DeleteTopicResult.Deleted deleted) {
      List<String> gone = new ArrayList<>();
      deleted.routers().forEach(router -> gone.add(router.value()));
      RouteOracle.require(gone.equals(going), "with %s went %s, not %s", topic, gone, going);
    }
    happened(
        done,
        answer,
        new Unsure(
            () -> engine.state(name, false) == null, () -> graph.dropped(topic, cursors::get)));
  }

  /// The routers of the engine are those of the books, and lead where they should.
  void judgeShape(String router) {
    Wish wish = graph.routers().get(router);
    RouterInfo info = engine.router(new RouterName(router));
    RouteOracle.require(info != null, "%s is not there", router);
    RouteOracle.require(
        info.sourcesTotal() == graph.legs(router).size(), "%s leads from %s", wish, info);
    RouteOracle.require(
        engine.routers(List.of(""), null, null, "", 100).routers().size() == graph.routers().size(),
        "there are other routers than %s",
        graph.routers().keySet());
  }

  /// A router that always had one way has made as many copies as there are.
  void judgeCount(TopicMemory dest) {
    for (String router : graph.routers().keySet()) {
      boolean only = dest.into().size() == 1 && graph.isUnchanged(router);
      if (only && graph.legs(router).getFirst().dest() == dest) {
        RouterInfo info = engine.router(new RouterName(router));
        RouteOracle.require(info != null, "%s is not there", router);
        RouteOracle.judgeCount(dest, info.forwarded());
      }
    }
  }
}
