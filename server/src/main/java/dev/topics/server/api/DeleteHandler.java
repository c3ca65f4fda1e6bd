package dev.topics.server.api;

import dev.topics.engine.model.DeleteRecordsResult;
import dev.topics.engine.model.RecordSelector;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.TagMatch;
import dev.topics.engine.model.TopicName;
import dev.topics.server.auth.Permission;
import dev.topics.server.http.Exchange;
import dev.topics.server.http.Method;
import dev.topics.server.http.Problem;
import dev.topics.server.http.Route.BodyRule;
import dev.topics.server.http.Router;
import org.jspecify.annotations.Nullable;

/// Deletes records (http-api §5).
final class DeleteHandler {
  private final Service service;

  DeleteHandler(Service service) {
    this.service = service;
  }

  void addTo(Router.Builder router) {
    router.add(
        Method.POST, "/v0/topics/{topic}/delete", BodyRule.JSON, Permission.DELETE, this::delete);
  }

  private void delete(Exchange exchange) {
    TopicName topic = Names.topic(exchange);
    Request request = new Request();
    Fields.read(exchange, request::take);
    RecordSelector selector = request.selector();
    var started = WriteTiming.start(() -> service.engine().deleteRecords(topic, selector));
    exchange.whenDone(
        started.answer(), result -> answer(exchange, topic, result, started.timing()));
  }

  /// The body of a request.
  private static final class Request {
    private @Nullable Long beforeSeq;
    private @Nullable TagMatch match;

    void take(Fields fields) {
      if (fields.isNull()) {
        return;
      }
      switch (fields.name()) {
        case "before_seq" -> beforeSeq = fields.unsigned();
        case "match" -> match = TagMatches.read(fields);
        default -> fields.skip();
      }
    }

    RecordSelector selector() {
      if (beforeSeq == null && match == null) {
        throw Problem.invalid("say which records: before_seq, match, or both").rejected();
      }
      return new RecordSelector(beforeSeq == null ? RecordSelector.ANY_SEQ : beforeSeq, match);
    }
  }

  private static void answer(
      Exchange exchange, TopicName topic, DeleteRecordsResult result, WriteTiming timing) {
    switch (result) {
      case DeleteRecordsResult.Deleted deleted ->
          JsonAnswer.send(
              exchange,
              200,
              json -> {
                json.writeStringProperty("topic", topic.value());
                json.writeNumberProperty("deleted", deleted.deleted());
                json.writeNumberProperty("earliest_seq", deleted.earliestSeq());
                json.writeNumberProperty("head_seq", deleted.headSeq());
                json.writeNumberProperty("count", deleted.count());
                json.writeNumberProperty("bytes", deleted.bytes());
              },
              timing);
      case Refusal refusal -> exchange.fail(Refusals.problem(refusal));
    }
  }
}
