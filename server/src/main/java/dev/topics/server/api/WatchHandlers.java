package dev.topics.server.api;

import dev.topics.engine.Engine;
import dev.topics.engine.model.TopicState;
import dev.topics.engine.topic.Newswire;
import dev.topics.engine.watch.Watch;
import dev.topics.engine.watch.WatchDesk;
import dev.topics.engine.watch.WatchSession;
import dev.topics.engine.watch.WatchSessions;
import dev.topics.engine.watch.WatchedTopic;
import dev.topics.server.auth.Permission;
import dev.topics.server.http.ErrorCode;
import dev.topics.server.http.EventStream;
import dev.topics.server.http.Exchange;
import dev.topics.server.http.LoopLocal;
import dev.topics.server.http.LoopThread;
import dev.topics.server.http.Method;
import dev.topics.server.http.Problem;
import dev.topics.server.http.Route.BodyRule;
import dev.topics.server.http.Router;
import dev.topics.server.limits.WatchLimits;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import tools.jackson.core.JsonGenerator;

/// Watch sessions and their streams (http-api §6.1 and §6.2).
final class WatchHandlers {
  private static final AsciiString LAST_EVENT_ID = AsciiString.cached("last-event-id");

  private final Service service;
  private final WatchLimits limits;
  private final DeliveryListener deliveries;
  private final LoopLocal<WatchDesk<WatchPage>> desks;

  WatchHandlers(
      Service service,
      WatchLimits limits,
      LoopLocal<WatchDesk<WatchPage>> desks,
      DeliveryListener deliveries) {
    this.service = service;
    this.limits = limits;
    this.desks = desks;
    this.deliveries = deliveries;
  }

  /// What each event loop serves watches with.
  static LoopLocal<WatchDesk<WatchPage>> desks(
      Service service, LoopLocal<Newswire> wires, Fetches fetches) {
    return new LoopLocal<>(loop -> {
      Engine engine = service.engine();
      return new WatchDesk<>(
          loop.local(wires),
          engine.newReader(),
          new WatchPages(),
          engine.clock(),
          turns(loop, fetches));
    });
  }

  private static WatchDesk.Turns turns(LoopThread loop, Fetches fetches) {
    return new WatchDesk.Turns() {
      @Override
      public void soon(Runnable task) {
        loop.execute(task);
      }

      @Override
      public void later(Runnable task) {
        loop.later(task);
      }

      @Override
      public Future<?> fetch(Runnable fetch, Runnable then) {
        return fetches.start(fetch, () -> loop.execute(then));
      }

      @Override
      public Future<?> after(long millis, Runnable task) {
        return loop.after(millis, task);
      }
    };
  }

  void addTo(Router.Builder router) {
    router.add(Method.POST, "/v0/watch", BodyRule.JSON, Permission.READ, this::create);
    router.add(Method.GET, "/v0/watch/{wid}", BodyRule.IGNORED, Permission.READ_STREAM, this::open);
  }

  private void create(Exchange exchange) {
    WatchRequest request = new WatchRequest(exchange, limits);
    Fields.read(exchange, request::take);
    boolean lenient = exchange.query().flag("lenient", false);
    Engine engine = service.engine();
    List<WatchedTopic> topics = request.resolve(engine, lenient);
    Watch watch = new Watch();
    topics.forEach(watch::add);
    List<TopicState> states = new ArrayList<>(topics.size());
    topics.forEach(topic -> states.add(engine.state(topic.ref())));
    List<Long> cursors = topics.stream().map(WatchedTopic::cursor).toList();
    WatchSession session =
        engine
            .watches()
            .create(
                watch, exchange.grant().owner(), request.heartbeatMillis(), limits.sessionsMax());
    if (session == null) {
      throw Problem.overLimit("max_watch_sessions", limits.sessionsMax()).rejected();
    }
    JsonAnswer.send(
        exchange,
        200,
        json -> {
          json.writeStringProperty("wid", session.name());
          json.writeStringProperty("stream_url", "/v0/watch/" + session.name());
          json.writeNumberProperty("session_ttl_ms", WatchSessions.ALONE_MILLIS_MAX);
          json.writeObjectPropertyStart("topics");
          for (int i = 0; i < states.size(); i++) {
            write(states.get(i), cursors.get(i), json);
          }
          json.writeEndObject();
        });
  }

  private static void write(TopicState state, long fromSeq, JsonGenerator json) {
    json.writeObjectPropertyStart(state.topic().value());
    json.writeNumberProperty("from_seq", fromSeq);
    json.writeNumberProperty("head_seq", state.headSeq());
    json.writeNumberProperty("earliest_seq", state.earliestSeq());
    json.writeEndObject();
  }

  private void open(Exchange exchange) {
    String name = exchange.parameter(0);
    WatchSession session = service.engine().watches().find(name);
    if (session == null) {
      throw Problem.of(
              ErrorCode.NOT_FOUND,
              "there is no watch session " + name + "; it has expired or never was")
          .with("wid", name)
          .rejected();
    }
    if (!session.owner().equals(exchange.grant().owner())) {
      throw Problem.of(
              ErrorCode.FORBIDDEN, "a watch is streamed with the key that it was created with")
          .rejected();
    }
    String id = exchange.query().text("last_event_id", "");
    String header = exchange.header(LAST_EVENT_ID);
    if (header != null && !header.isEmpty()) {
      id = header;
    }
    Map<String, Long> rewind = id.isEmpty() ? Map.of() : WatchCursors.read(exchange, id);
    WatchStream source = new WatchStream(session, exchange.grant(), rewind, desks, deliveries);
    EventStream stream = exchange.stream(source, session.heartbeatMillis());
    if (stream.isOpen()) {
      source.begin(stream);
    }
  }
}
