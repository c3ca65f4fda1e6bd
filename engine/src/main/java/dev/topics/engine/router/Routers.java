package dev.topics.engine.router;

import dev.topics.engine.model.DeleteRouterResult;
import dev.topics.engine.model.PutRouterResult;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.RouterConfig;
import dev.topics.engine.model.RouterInfo;
import dev.topics.engine.model.RouterName;
import dev.topics.engine.model.RouterPage;
import dev.topics.engine.model.RouterPatch;
import dev.topics.engine.model.RouterSource;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.topic.RouterChange;
import dev.topics.engine.topic.Topic;
import dev.topics.engine.topic.Topics;
import dev.topics.storage.journal.Urgency;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Creates, changes, deletes and lists routers (http-api §7).
///
/// **Threading** Any thread. Futures complete when the change is durable.
public final class Routers {
  private final Topics topics;
  private final RouterTable table;
  private final int max;

  /// @param max most routers; 0 for no limit
  public Routers(Topics topics, RouterTable table, int max) {
    this.topics = topics;
    this.table = table;
    this.max = max;
  }

  public int size() {
    return table.size();
  }

  /// Creates a router, or changes what `patch` says about an existing one. A router starts at the
  /// head of its source, or where the patch says; so does one whose source is changed.
  public CompletableFuture<PutRouterResult> put(RouterName name, RouterPatch patch) {
    return topics.changeRouters(change -> attemptPut(change, name, patch));
  }

  private @Nullable CompletableFuture<PutRouterResult> attemptPut(
      RouterChange change, RouterName name, RouterPatch patch) {
    Router before = table.find(name);
    RouterConfig config = patch.appliedTo(name, before == null ? null : before.config());
    PutRouterResult refused = refusal(change, before, config, patch.createDest());
    if (refused != null) {
      return CompletableFuture.completedFuture(refused);
    }
    if (before != null && config.equals(before.config())) {
      PutRouterResult known = new PutRouterResult.Put(before.info(), false);
      return change.isDurable(before.lsn())
          ? CompletableFuture.completedFuture(known)
          : change.whenDurable(config.dest(), known, new Refusal.StorageFailed());
    }
    boolean anew = before == null || !before.config().source().equals(config.source());
    Map<Long, Long> starts = new LinkedHashMap<>();
    long sourceId = 0;
    if (config.source() instanceof RouterSource.One(var topic)) {
      sourceId = change.idOf(topic);
    }
    if (anew) {
      for (Topic topic : change.topics()) {
        if (config.source().matches(topic.name())) {
          starts.put(topic.id(), start(topic, patch));
        }
      }
    }
    int id = before == null ? table.nextId() : before.id();
    change.put(id, config, sourceId, starts);
    return change.commit(
        config.dest(),
        Urgency.APPEND,
        () -> new PutRouterResult.Put(known(name).info(), before == null),
        Refusal.StorageFailed::new,
        Refusal.StorageFull::new);
  }

  private static long start(Topic topic, RouterPatch patch) {
    long head = topic.visibleHead();
    Long wanted = patch.fromSeq();
    return wanted == null ? head : Math.min(wanted, head);
  }

  private @Nullable PutRouterResult refusal(
      RouterChange change, @Nullable Router before, RouterConfig config, boolean createDest) {
    Refusal refusal = change.refusal();
    if (refusal != null) {
      return refusal;
    }
    if (config.source() instanceof RouterSource.One(var topic) && topic.equals(config.dest())) {
      return new PutRouterResult.SameTopic(topic);
    }
    if (before == null && max > 0 && table.size() >= max) {
      return new PutRouterResult.TooMany(max);
    }
    if (!createDest && change.find(config.dest()) == null) {
      return new Refusal.TopicNotFound(config.dest());
    }
    for (Router other : table.routers(null, config.dest().value()).values()) {
      boolean feeds = !other.config().source().equals(config.source());
      if (feeds && !other.config().name().equals(config.name())) {
        return new PutRouterResult.FanIn(other.config());
      }
    }
    boolean checked = config.allowCycle() || (before != null && goesTheSameWay(before, config));
    List<String> cycle = checked ? List.of() : CycleSearch.path(table, config);
    return cycle.isEmpty()
        ? change.refuseCreation(topicsOf(config))
        : new PutRouterResult.Cycle(cycle);
  }

  /// Whether it takes no new way: a cycle that it is part of was closed by another, which may.
  private static boolean goesTheSameWay(Router before, RouterConfig config) {
    return before.config().source().equals(config.source())
        && before.config().dest().equals(config.dest())
        && before.config().allowCycle() == config.allowCycle();
  }

  /// The topics that a router needs.
  private static Set<TopicName> topicsOf(RouterConfig config) {
    return config.source() instanceof RouterSource.One(var topic)
        ? Set.of(topic, config.dest())
        : Set.of(config.dest());
  }

  private Router known(RouterName name) {
    Router router = table.find(name);
    if (router == null) {
      throw new IllegalStateException("router " + name + " was not created");
    }
    return router;
  }

  /// Deletes a router; what it forwarded stays.
  public CompletableFuture<DeleteRouterResult> delete(RouterName name) {
    return topics.changeRouters(change -> attemptDelete(change, name));
  }

  private @Nullable CompletableFuture<DeleteRouterResult> attemptDelete(
      RouterChange change, RouterName name) {
    Refusal refusal = change.refusal();
    if (refusal != null) {
      return CompletableFuture.completedFuture(refusal);
    }
    Router router = table.find(name);
    if (router == null) {
      return CompletableFuture.completedFuture(new DeleteRouterResult.Deleted(name, false));
    }
    change.drop(router.id());
    return change.commit(
        router.config().dest(),
        Urgency.RECLAIM,
        () -> new DeleteRouterResult.Deleted(name, true),
        Refusal.StorageFailed::new,
        Refusal.StorageFull::new);
  }

  /// The router as it is now; null if there is none.
  public @Nullable RouterInfo get(RouterName name) {
    Router router = table.find(name);
    return router == null ? null : router.info();
  }

  /// Up to `pageSize` routers whose names start with `prefix`, in order, behind `afterName`; only
  /// those with this source and this destination, if they are given.
  public RouterPage list(
      String prefix, @Nullable String source, @Nullable String dest, String after, int pageSize) {
    List<RouterInfo> page = new ArrayList<>();
    boolean fromPrefix = after.compareTo(prefix) < 0;
    NavigableMap<String, Router> candidates = table.routers(source, dest);
    for (var entry : candidates.tailMap(fromPrefix ? prefix : after, fromPrefix).entrySet()) {
      if (!entry.getKey().startsWith(prefix)) {
        break;
      }
      RouterConfig config = entry.getValue().config();
      if (source != null && !config.source().text().equals(source)) {
        continue;
      }
      if (page.size() == pageSize) {
        return new RouterPage(page, true);
      }
      page.add(entry.getValue().info());
    }
    return new RouterPage(page, false);
  }
}
