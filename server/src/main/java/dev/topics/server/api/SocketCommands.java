package dev.topics.server.api;

import dev.topics.engine.json.WriteBody;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.AppendResult;
import dev.topics.engine.model.ConfigPatch;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.model.TopicState;
import dev.topics.engine.topic.Appender;
import dev.topics.engine.watch.Watch;
import dev.topics.engine.watch.WatchedTopic;
import dev.topics.engine.watch.Watcher;
import dev.topics.server.auth.Permission;
import dev.topics.server.http.ByteOutput;
import dev.topics.server.http.Exchange;
import dev.topics.server.http.Problem;
import dev.topics.server.http.Rejected;
import dev.topics.server.http.SocketHandler;
import dev.topics.server.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The commands of one WebSocket (http-api §6.6). A bad one gets an error, and the socket stays.
///
/// **Threading** the event loop of the socket.
final class SocketCommands implements SocketHandler {
  private static final int REQUEST_ID_BYTES_MAX = 256;

  private final SocketHandlers shared;
  private final Exchange exchange;
  private final Watch watch = new Watch();
  private @Nullable WebSocket socket;
  private @Nullable Watcher<WatchPage> watcher;

  /// @param exchange the handshake, which says what the client may do
  SocketCommands(SocketHandlers shared, Exchange exchange) {
    this.shared = shared;
    this.exchange = exchange;
  }

  void begin(WebSocket opened) {
    socket = opened;
  }

  private WebSocket socket() {
    WebSocket opened = socket;
    if (opened == null) {
      throw new IllegalStateException("not begun");
    }
    return opened;
  }

  /// What every message says about itself.
  private static final class Command {
    private String type = "";
    private @Nullable String requestId;
    private @Nullable String topic;
    private boolean returnSeqs = true;
    private final WatchRequest.Start start = new WatchRequest.Start();

    void takeRequestId(Fields fields) {
      if (fields.name().equals("request_id")) {
        requestId = requestId(fields.raw());
      } else {
        fields.skip();
      }
    }

    void take(Fields fields) {
      switch (fields.name()) {
        case "request_id" -> takeRequestId(fields);
        case "type" -> type = fields.text();
        case "topic" -> topic = fields.isNull() ? null : fields.text();
        case "return_seqs" -> returnSeqs = fields.isNull() || fields.flag();
        case "from_seq", "tail" -> start.take(fields);
        default -> fields.skip();
      }
    }

    private static String requestId(String json) {
      if (json.getBytes(StandardCharsets.UTF_8).length > REQUEST_ID_BYTES_MAX) {
        throw Problem.invalid("request_id is longer than " + REQUEST_ID_BYTES_MAX + " bytes")
            .with("field", "request_id")
            .rejected();
      }
      return json;
    }

    TopicName topicName(Exchange exchange) {
      String name = topic;
      if (name == null) {
        throw Problem.invalid(type + " needs a topic").with("field", "topic").rejected();
      }
      return Names.topic(exchange, name);
    }
  }

  @Override
  public void message(byte[] bytes, int start, int end) {
    long receivedNanos = System.nanoTime();
    Command command = new Command();
    try {
      Fields.read(exchange, bytes, start, end, command::take);
      switch (command.type) {
        case "subscribe" -> subscribe(command, bytes, start, end);
        case "unsubscribe" -> unsubscribe(command);
        case "publish" -> publish(command, bytes, start, end, receivedNanos);
        case "ping" -> send(begin("pong", command).ascii("}"));
        default ->
            throw Problem.invalid(
                    "type must be subscribe, unsubscribe, publish or ping"
                        + (command.type.isEmpty() ? "" : ", not " + Problem.excerpt(command.type)))
                .with("field", "type")
                .rejected();
      }
    } catch (Rejected e) {
      error(e.problem(), requestId(command, bytes, start, end));
    }
  }

  /// What a refused message calls itself, also where that stands behind what is wrong with it.
  private @Nullable String requestId(Command refused, byte[] bytes, int start, int end) {
    if (refused.requestId != null) {
      return refused.requestId;
    }
    Command named = new Command();
    try {
      Fields.read(exchange, bytes, start, end, named::takeRequestId);
    } catch (Rejected e) {
      // No JSON, or no id: as much as there is was read.
    }
    return named.requestId;
  }

  @Override
  public void refused(Problem why) {
    error(why, null);
  }

  // ---- commands

  private void subscribe(Command command, byte[] bytes, int start, int end) {
    Authorizer.check(exchange, Permission.READ, "subscribe");
    WatchRequest request = new WatchRequest(exchange, shared.limits());
    Fields.read(exchange, bytes, start, end, request::take);
    if (command.topic != null) {
      request.add(command.topic, command.start);
    }
    List<WatchedTopic> topics = request.resolve(shared.service().engine(), false);
    roomFor(topics);
    ByteOutput out = begin("subscribed", command).ascii(",\"topics\":");
    char separator = '{';
    for (WatchedTopic topic : topics) {
      TopicState state = shared.service().engine().state(topic.ref());
      out.write(separator);
      out.ascii("\"").ascii(topic.name()).ascii("\":{\"from_seq\":").number(topic.cursor());
      out.ascii(",\"head_seq\":").number(state.headSeq());
      out.ascii(",\"earliest_seq\":").number(state.earliestSeq()).ascii("}");
      separator = ',';
    }
    send(out.ascii("}}"));
    Watcher<WatchPage> serving = watcher;
    if (serving == null) {
      var reader = new SocketReader(socket(), shared.deliveries());
      serving = socket().local(shared.desks()).serve(watch, reader);
      watcher = serving;
    }
    topics.forEach(serving::add);
  }

  private void roomFor(List<WatchedTopic> topics) {
    long replaced =
        topics.stream()
            .filter(topic -> watch.topics().stream().anyMatch(t -> t.name().equals(topic.name())))
            .count();
    int max = shared.limits().topicsMax();
    if (watch.topics().size() + topics.size() - replaced > max) {
      throw Problem.invalid("a socket follows %d topics at most".formatted(max))
          .with("max", max)
          .rejected();
    }
  }

  private void unsubscribe(Command command) {
    TopicName topic = command.topicName(exchange);
    if (watch.remove(topic.value()) == null) {
      throw Problem.invalid("topic \"" + topic + "\" is not subscribed to")
          .with("topic", topic.value())
          .rejected();
    }
    send(begin("unsubscribed", command).ascii(",\"topic\":").string(topic.value()).ascii("}"));
  }

  private void publish(Command command, byte[] bytes, int start, int end, long receivedNanos) {
    Authorizer.check(exchange, Permission.WRITE, "publish");
    TopicName topic = command.topicName(exchange);
    WebSocket to = socket();
    Appender appender = to.local(shared.appenders());
    WriteBody body = appender.body();
    switch (body.decode(bytes, start, end)) {
      case WriteBody.Accepted _ -> {}
      case WriteBody.Rejected rejected -> throw AppendHandler.problem(rejected);
    }
    ConfigPatch config = AppendHandler.config(exchange, topic, body, bytes);
    AppendOptions options = new AppendOptions(null, config);
    to.begin();
    CompletableFuture<AppendResult> answer = appender.append(topic, options);
    if (end - start > AppendHandler.KEEP_BODY_BYTES) {
      body.release();
    }
    var _ =
        answer.whenComplete((result, failure) ->
            to.onLoop(() -> answer(command, topic, result, failure, receivedNanos)));
  }

  private void answer(
      Command command,
      TopicName topic,
      AppendResult result,
      @Nullable Throwable failure,
      long receivedNanos) {
    socket().done();
    if (failure != null) {
      throw new IllegalStateException("an append failed", failure);
    }
    if (result instanceof AppendResult.Appended appended) {
      long elapsedNanos = System.nanoTime() - receivedNanos;
      ByteOutput out = begin("ack", command).ascii(",\"topic\":\"");
      send(AppendHandler.writeFields(out, topic, appended, command.returnSeqs, elapsedNanos));
    } else {
      error(AppendHandler.refusal(topic, result), command.requestId);
    }
  }

  // ---- answers

  private ByteOutput begin(String type, Command command) {
    return begin(type, command.requestId);
  }

  private ByteOutput begin(String type, @Nullable String requestId) {
    ByteOutput out = socket().output().ascii("{\"type\":\"").ascii(type).ascii("\"");
    return requestId == null ? out : out.ascii(",\"request_id\":").utf8(requestId);
  }

  private void error(Problem problem, @Nullable String requestId) {
    ByteOutput out = begin("error", requestId).ascii(",\"code\":");
    out.string(problem.code().wireName()).ascii(",\"message\":").string(problem.message());
    send(problem.writeDetail(out.ascii(",\"detail\":")).ascii("}"));
  }

  private void send(ByteOutput out) {
    socket().write(out);
    socket().flush();
  }

  @Override
  public void writable() {
    Watcher<WatchPage> serving = watcher;
    if (serving != null) {
      serving.writable();
    }
  }

  @Override
  public void closed() {
    Watcher<WatchPage> serving = watcher;
    if (serving != null) {
      watcher = null;
      serving.stop();
    }
  }
}
