package dev.topics.server.api;

import dev.topics.engine.model.LeaseResult;
import dev.topics.engine.model.LeasesResult;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.TopicName;
import dev.topics.server.auth.Permission;
import dev.topics.server.http.ByteOutput;
import dev.topics.server.http.Exchange;
import dev.topics.server.http.Method;
import dev.topics.server.http.Problem;
import dev.topics.server.http.Query;
import dev.topics.server.http.Route.BodyRule;
import dev.topics.server.http.Router;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// What holders of jobs do with their leases (http-api §8): ack, nack, extend; and a list of them.
final class LeaseHandlers {
  private static final int PAGE_SIZE_DEFAULT = 100;
  private static final int PAGE_SIZE_MAX = 1000;

  private static final byte[] TOPIC = ascii("{\"topic\":\"");
  private static final byte[] SKIPPED = ascii(",\"skipped\":[");
  private static final byte[] READY = ascii("],\"ready\":");
  private static final byte[] IN_FLIGHT = ascii(",\"in_flight\":");
  private static final byte[] DEADLINES = ascii("],\"deadlines\":{");
  private static final byte[] SEQ_END = ascii("\":");
  private static final byte[] DEADLINES_END = ascii("}");
  private static final byte[] TOTAL_MILLIS = ascii(",\"performance\":{\"server_total_ms\":");
  private static final byte[] COMMIT_MILLIS = ascii(",\"wal_append_ms\":");
  private static final byte[] SYNC_MILLIS = ascii(",\"fsync_ms\":");
  private static final byte[] END = ascii("}}");

  private final Service service;

  /// What was done to jobs, as its count is named in the answer.
  private enum Verb {
    ACKED,
    NACKED,
    EXTENDED;

    private final String field = "\",\"" + name().toLowerCase(Locale.ROOT) + "\":";
  }

  LeaseHandlers(Service service) {
    this.service = service;
  }

  void addTo(Router.Builder router) {
    router
        .add(Method.POST, "/v0/topics/{topic}/ack", BodyRule.JSON, Permission.WRITE, this::ack)
        .add(Method.POST, "/v0/topics/{topic}/nack", BodyRule.JSON, Permission.WRITE, this::nack)
        .add(
            Method.POST, "/v0/topics/{topic}/extend", BodyRule.JSON, Permission.WRITE, this::extend)
        .add(
            Method.GET,
            "/v0/topics/{topic}/leases",
            BodyRule.IGNORED,
            Permission.READ,
            this::leases);
  }

  private void ack(Exchange exchange) {
    TopicName topic = Names.topic(exchange);
    LeaseFields fields = read(exchange);
    var request = fields.request(topic);
    var started = WriteTiming.start(() -> service.engine().queues().ack(request));
    exchange.whenDone(
        started.answer(), result -> answer(exchange, topic, Verb.ACKED, result, started.timing()));
  }

  private void nack(Exchange exchange) {
    TopicName topic = Names.topic(exchange);
    LeaseFields fields = read(exchange);
    var request = fields.request(topic);
    var started =
        WriteTiming.start(
            () -> service.engine().queues().nack(request, fields.delayMillis(), fields.error()));
    exchange.whenDone(
        started.answer(), result -> answer(exchange, topic, Verb.NACKED, result, started.timing()));
  }

  private void extend(Exchange exchange) {
    TopicName topic = Names.topic(exchange);
    LeaseFields fields = read(exchange);
    var request = fields.request(topic);
    long leaseMillis = fields.requiredLeaseMillis();
    var started = WriteTiming.start(() -> service.engine().queues().extend(request, leaseMillis));
    exchange.whenDone(
        started.answer(),
        result -> answer(exchange, topic, Verb.EXTENDED, result, started.timing()));
  }

  private static LeaseFields read(Exchange exchange) {
    LeaseFields fields = new LeaseFields();
    Fields.read(exchange, fields::take);
    return fields;
  }

  private static void answer(
      Exchange exchange, TopicName topic, Verb verb, LeaseResult result, WriteTiming timing) {
    switch (result) {
      case LeaseResult.Done done -> exchange.send(200, write(exchange, topic, verb, done, timing));
      case Refusal refusal -> exchange.fail(Refusals.problem(refusal));
    }
  }

  private static ByteOutput write(
      Exchange exchange, TopicName topic, Verb verb, LeaseResult.Done done, WriteTiming timing) {
    ByteOutput out = exchange.output().ascii(TOPIC).ascii(topic.value());
    out.ascii(verb.field).number(done.done().size()).ascii(SKIPPED);
    for (int i = 0; i < done.skipped().size(); i++) {
      separate(out, i);
      out.number(done.skipped().get(i));
    }
    if (verb == Verb.EXTENDED) {
      out.ascii(DEADLINES);
      for (int i = 0; i < done.done().size(); i++) {
        separate(out, i);
        out.write('"');
        out.number(done.done().get(i)).ascii(SEQ_END).number(done.deadline());
      }
      out.ascii(DEADLINES_END);
    } else {
      out.ascii(READY).number(done.counts().ready());
      out.ascii(IN_FLIGHT).number(done.counts().inFlight());
    }
    out.ascii(TOTAL_MILLIS).millis(exchange.elapsedNanos());
    out.ascii(COMMIT_MILLIS).millis(timing.commitNanos());
    return out.ascii(SYNC_MILLIS).millis(timing.syncNanos()).ascii(END);
  }

  private static void separate(ByteOutput out, int i) {
    if (i > 0) {
      out.write(',');
    }
  }

  private void leases(Exchange exchange) {
    TopicName topic = Names.topic(exchange);
    Query query = exchange.query();
    long wanted = query.number("page_size", PAGE_SIZE_DEFAULT);
    int pageSize = wanted == 0 ? PAGE_SIZE_DEFAULT : (int) Math.min(wanted, PAGE_SIZE_MAX);
    long after = after(query.text("cursor"));
    LeasesResult result = service.engine().queues().leases(topic, after, pageSize);
    switch (result) {
      case LeasesResult.Page page ->
          JsonAnswer.send(exchange, 200, json -> write(topic, page, json));
      case Refusal refusal -> exchange.fail(Refusals.problem(refusal));
    }
  }

  private static long after(@Nullable String cursor) {
    if (cursor == null) {
      return 0;
    }
    try {
      long seq = Long.parseLong(PageCursor.decode(cursor));
      if (seq >= 0) {
        return seq;
      }
    } catch (NumberFormatException e) {
      // A cursor of another list: refused like one that is no cursor at all.
    }
    throw Problem.invalid("the cursor is not one of this list; start without a cursor")
        .with("field", "cursor")
        .rejected();
  }

  private static void write(TopicName topic, LeasesResult.Page page, JsonGenerator json) {
    json.writeStringProperty("topic", topic.value());
    json.writeArrayPropertyStart("leases");
    for (LeasesResult.Lease lease : page.leases()) {
      json.writeStartObject();
      json.writeNumberProperty("seq", lease.seq());
      json.writeStringProperty("state", lease.state().name().toLowerCase(Locale.ROOT));
      json.writeNumberProperty("deliveries", lease.deliveries());
      switch (lease.state()) {
        case LEASED -> {
          json.writeStringProperty("node", lease.node());
          json.writeNumberProperty("deadline", lease.until());
        }
        case DELAYED, STUCK -> json.writeNumberProperty("deliver_at", lease.until());
        case READY, BLOCKED -> {}
      }
      if (lease.orderKey() != null) {
        json.writeStringProperty("order_key", lease.orderKey());
      }
      if (lease.error() != null) {
        json.writeStringProperty("last_error", lease.error());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    if (page.more()) {
      long last = page.leases().getLast().seq();
      json.writeStringProperty("next_cursor", PageCursor.encode(Long.toString(last)));
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
