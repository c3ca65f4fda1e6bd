package dev.topics.server.api;

import dev.topics.engine.model.DiffQuery;
import dev.topics.engine.model.DiffResult;
import dev.topics.engine.model.NodeFilter;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.Tombstone;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.topic.Newswire;
import dev.topics.engine.topic.TopicReader;
import dev.topics.engine.topic.TopicRef;
import dev.topics.server.auth.Permission;
import dev.topics.server.http.Exchange;
import dev.topics.server.http.LoopLocal;
import dev.topics.server.http.Method;
import dev.topics.server.http.Route.BodyRule;
import dev.topics.server.http.Router;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// Reads records after a cursor (http-api §4), and waits for some if there are none.
final class DiffHandler {
  private static final int WAIT_MILLIS_MAX = 30_000;

  private final Service service;
  private final int limitMax;
  private final DeliveryListener deliveries;
  private final LoopLocal<Desk> desks;
  private final LoopLocal<Newswire> wires;
  private final Fetches fetches;

  DiffHandler(
      Service service,
      int limitMax,
      LoopLocal<Newswire> wires,
      Fetches fetches,
      DeliveryListener deliveries) {
    this.deliveries = deliveries;
    this.service = service;
    this.limitMax = limitMax;
    this.wires = wires;
    this.fetches = fetches;
    desks = new LoopLocal<>(() -> new Desk(service.engine().newReader(), new PageBuffer()));
  }

  /// What one event loop reads with.
  private record Desk(TopicReader reader, PageBuffer page) {}

  void addTo(Router.Builder router) {
    router.add(
        Method.POST,
        "/v0/topics/{topic}/diff",
        BodyRule.OPTIONAL_JSON,
        Permission.READ,
        this::diff);
  }

  private void diff(Exchange exchange) {
    TopicName topic = Names.topic(exchange);
    Request request = new Request();
    Fields.read(exchange, request::take);
    TopicRef ref = service.engine().find(topic);
    if (ref == null) {
      throw Refusals.topicNotFound(topic).rejected();
    }
    new Diff(exchange, ref, request.query(limitMax), request.waitMillis).start();
  }

  /// The body of a request.
  private static final class Request {
    private long fromSeq;
    private long limit;
    private NodeFilter nodes = NodeFilter.NONE;
    private boolean includeTags;
    private boolean includeMeta = true;
    private boolean includeData = true;
    private long waitMillis;
    private long maxBatchBytes;

    void take(Fields fields) {
      if (fields.isNull()) {
        return;
      }
      switch (fields.name()) {
        case "from_seq" -> fromSeq = fields.unsigned();
        case "limit" -> limit = fields.unsigned();
        case "node" -> nodes = NodeFilter.of(fields.textOrTexts());
        case "include_tags" -> includeTags = fields.flag();
        case "include_meta" -> includeMeta = fields.flag();
        case "include_data" -> includeData = fields.flag();
        case "wait_ms" -> waitMillis = Math.min(fields.unsigned(), WAIT_MILLIS_MAX);
        case "max_batch_bytes" -> maxBatchBytes = fields.unsigned();
        default -> fields.skip();
      }
    }

    DiffQuery query(int limitMax) {
      return new DiffQuery(
          fromSeq,
          (int) Math.min(limit == 0 ? DiffQuery.LIMIT_DEFAULT : limit, limitMax),
          nodes,
          includeTags,
          includeMeta,
          includeData,
          (int) Math.min(maxBatchBytes, DiffQuery.BATCH_BYTES_MAX));
    }
  }

  /// One request until its answer.
  private final class Diff {
    private final Exchange exchange;
    private final TopicRef topic;
    private final long waitMillis;
    private DiffQuery query;

    Diff(Exchange exchange, TopicRef topic, DiffQuery query, long waitMillis) {
      this.exchange = exchange;
      this.topic = topic;
      this.query = query;
      this.waitMillis = waitMillis;
    }

    void start() {
      start(false);
    }

    /// Begins anew if what it needs was `fetched`, and may wait for the disk this once.
    private void start(boolean fetched) {
      long left = waitMillis - TimeUnit.NANOSECONDS.toMillis(exchange.elapsedNanos());
      if (!read(left > 0, fetched)) {
        Newswire wire = exchange.local(wires);
        LongPoll.start(
            exchange, left, mayWait -> read(mayWait, false), wake -> wire.follow(topic, wake));
      }
    }

    /// Reads and answers; false if there was nothing, which `mayWait` says is no answer yet. What
    /// is not in memory is fetched, and the whole begins anew.
    private boolean read(boolean mayWait, boolean mayWaitForDisk) {
      Desk desk = exchange.local(desks);
      PageBuffer page = desk.page();
      DiffQuery now = query.within(exchange.answerBytesMax());
      page.open(exchange, topic.name().value(), now.maxBatchBytes());
      try {
        DiffResult result =
            mayWaitForDisk
                ? desk.reader().read(topic, now, false, page)
                : desk.reader().readNow(topic, now, false, page);
        switch (result) {
          case null -> {
            Runnable fetch = desk.reader().fetch(topic, now, false);
            Future<?> begun = fetches.start(fetch, () -> exchange.resume(() -> start(true)));
            exchange.onCancel(() -> begun.cancel(false));
          }
          case DiffResult.Page found -> {
            if (mayWait && found.isEmpty() && found.caughtUp()) {
              query = query.from(found.nextFromSeq());
              return false;
            }
            ByteBuf json = page.close(exchange.output(), found, exchange.elapsedNanos());
            exchange.send(200, json);
            Tombstone tombstone = found.tombstone();
            deliveries.delivered(found.records(), tombstone == null ? null : tombstone.reason());
          }
          case Refusal refusal -> exchange.fail(Refusals.problem(refusal));
        }
        return true;
      } finally {
        page.drop();
      }
    }
  }
}
