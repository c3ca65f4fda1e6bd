package dev.topics.server.api;

import dev.topics.engine.model.DeleteTopicResult;
import dev.topics.engine.model.PutTopicResult;
import dev.topics.engine.model.QueueCounts;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.RouterName;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.model.TopicPage;
import dev.topics.engine.model.TopicState;
import dev.topics.engine.model.TopicType;
import dev.topics.server.auth.Permission;
import dev.topics.server.http.ErrorCode;
import dev.topics.server.http.Exchange;
import dev.topics.server.http.Method;
import dev.topics.server.http.Problem;
import dev.topics.server.http.Query;
import dev.topics.server.http.Route.BodyRule;
import dev.topics.server.http.Router;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// Topics as such (http-api §2): create or change, look at, list, delete.
final class TopicHandlers {
  private static final int PAGE_SIZE_DEFAULT = 100;
  private static final int PAGE_SIZE_MAX = 1000;

  private final Service service;

  TopicHandlers(Service service) {
    this.service = service;
  }

  void addTo(Router.Builder router) {
    router
        .add(Method.GET, "/v0/topics", BodyRule.IGNORED, Permission.READ, this::list)
        .add(Method.GET, "/v0/topics/{topic}", BodyRule.IGNORED, Permission.READ, this::state)
        .add(Method.PUT, "/v0/topics/{topic}", BodyRule.OPTIONAL_JSON, Permission.ADMIN, this::put)
        .add(
            Method.DELETE, "/v0/topics/{topic}", BodyRule.IGNORED, Permission.DELETE, this::delete);
  }

  private void put(Exchange exchange) {
    TopicName topic = Names.topic(exchange);
    ConfigFields config = new ConfigFields();
    Fields.read(exchange, config::take);
    var patch = config.patch(exchange, topic);
    var started = WriteTiming.start(() -> service.engine().putTopic(topic, patch));
    exchange.whenDone(started.answer(), result -> answerPut(exchange, result, started.timing()));
  }

  private static void answerPut(Exchange exchange, PutTopicResult result, WriteTiming timing) {
    switch (result) {
      case PutTopicResult.Put put ->
          JsonAnswer.send(
              exchange,
              put.created() ? 201 : 200,
              json -> {
                json.writeStringProperty("topic", put.topic().value());
                json.writeBooleanProperty("created", put.created());
                ConfigFields.write(put.config(), json);
              },
              timing);
      case PutTopicResult.TypeMismatch(TopicName topic, TopicType existing) ->
          exchange.fail(
              Problem.of(
                      ErrorCode.TOPIC_EXISTS_INCOMPATIBLE,
                      "topic \"%s\" is a %s, and its type cannot be changed; use another name"
                          .formatted(topic, ConfigFields.word(existing)))
                  .with("topic", topic.value())
                  .with("type", ConfigFields.word(existing)));
      case Refusal refusal -> exchange.fail(Refusals.problem(refusal));
    }
  }

  private void state(Exchange exchange) {
    TopicName topic = Names.topic(exchange);
    boolean touch = exchange.query().flag("touch", true);
    TopicState state = service.engine().state(topic, touch);
    if (state == null) {
      throw Refusals.topicNotFound(topic).rejected();
    }
    JsonAnswer.send(exchange, 200, json -> write(state, json));
  }

  private static void write(TopicState state, JsonGenerator json) {
    json.writeStringProperty("topic", state.topic().value());
    json.writeStringProperty("type", ConfigFields.word(state.config().type()));
    json.writeNumberProperty("head_seq", state.headSeq());
    json.writeNumberProperty("earliest_seq", state.earliestSeq());
    json.writeNumberProperty("next_seq", state.nextSeq());
    json.writeNumberProperty("count", state.count());
    json.writeNumberProperty("bytes", state.bytes());
    ConfigFields.write(state.config(), json);
    json.writeNumberProperty("effective_priority", state.effectivePriority());
    writeTime("last_write_ts", state.lastWriteTs(), json);
    writeTime("last_read_ts", state.lastReadTs(), json);
    QueueCounts queue = state.queue();
    if (queue != null) {
      json.writeObjectPropertyStart("queue");
      json.writeNumberProperty("ready", queue.ready());
      json.writeNumberProperty("in_flight", queue.inFlight());
      json.writeNumberProperty("delayed", queue.delayed());
      json.writeNumberProperty("blocked", queue.blocked());
      json.writeNumberProperty("dead_lettered", queue.deadLettered());
      json.writeNumberProperty("stuck", queue.stuck());
      json.writeEndObject();
    }
  }

  private static void writeTime(String name, @Nullable Long millis, JsonGenerator json) {
    if (millis == null) {
      json.writeNullProperty(name);
    } else {
      json.writeNumberProperty(name, millis);
    }
  }

  private void list(Exchange exchange) {
    Query query = exchange.query();
    String prefix = query.text("prefix", "");
    int pageSize = pageSize(query);
    String cursor = query.text("cursor");
    String after = cursor == null ? "" : PageCursor.decode(cursor);
    boolean touch = query.flag("touch", false);
    TopicPage page =
        service.engine().topics(exchange.grant().within(prefix), after, pageSize, touch);
    JsonAnswer.send(
        exchange,
        200,
        json -> {
          json.writeArrayPropertyStart("topics");
          for (TopicState topic : page.topics()) {
            writeItem(topic, json);
          }
          json.writeEndArray();
          if (page.more()) {
            String last = page.topics().getLast().topic().value();
            json.writeStringProperty("next_cursor", PageCursor.encode(last));
          }
        });
  }

  private static int pageSize(Query query) {
    long wanted = query.number("page_size", PAGE_SIZE_DEFAULT);
    return wanted == 0 ? PAGE_SIZE_DEFAULT : (int) Math.min(wanted, PAGE_SIZE_MAX);
  }

  private static void writeItem(TopicState topic, JsonGenerator json) {
    json.writeStartObject();
    json.writeStringProperty("topic", topic.topic().value());
    json.writeStringProperty("type", ConfigFields.word(topic.config().type()));
    json.writeNumberProperty("head_seq", topic.headSeq());
    json.writeNumberProperty("earliest_seq", topic.earliestSeq());
    json.writeNumberProperty("count", topic.count());
    json.writeNumberProperty("bytes", topic.bytes());
    json.writeBooleanProperty("durable", topic.config().durable());
    json.writeStringProperty("durability", ConfigFields.word(topic.config().durability()));
    json.writeNumberProperty("effective_priority", topic.effectivePriority());
    json.writeEndObject();
  }

  private void delete(Exchange exchange) {
    TopicName topic = Names.topic(exchange);
    boolean ifEmpty = exchange.query().flag("if_empty", false);
    var started = WriteTiming.start(() -> service.engine().deleteTopic(topic, ifEmpty));
    exchange.whenDone(started.answer(), result -> answerDelete(exchange, result, started.timing()));
  }

  private static void answerDelete(
      Exchange exchange, DeleteTopicResult result, WriteTiming timing) {
    switch (result) {
      case DeleteTopicResult.Deleted(TopicName topic, boolean deleted, var routers) ->
          JsonAnswer.send(
              exchange,
              200,
              json -> {
                json.writeStringProperty("topic", topic.value());
                json.writeBooleanProperty("deleted", deleted);
                json.writeArrayPropertyStart("routers_removed");
                routers.stream()
                    .map(RouterName::value)
                    .filter(exchange.grant()::reaches)
                    .forEach(json::writeString);
                json.writeEndArray();
              },
              timing);
      case DeleteTopicResult.NotEmpty(TopicName topic, long count) ->
          exchange.fail(
              Problem.of(
                      ErrorCode.TOPIC_NOT_EMPTY,
                      "topic \"%s\" is not empty, and if_empty was asked for".formatted(topic))
                  .with("topic", topic.value())
                  .with("count", count));
      case Refusal refusal -> exchange.fail(Refusals.problem(refusal));
    }
  }
}
