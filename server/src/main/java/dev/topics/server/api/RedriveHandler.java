package dev.topics.server.api;

import dev.topics.engine.model.RedriveRequest;
import dev.topics.engine.model.RedriveResult;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.TagMatch;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.model.TopicState;
import dev.topics.engine.queue.Redrive;
import dev.topics.server.auth.Permission;
import dev.topics.server.http.ErrorCode;
import dev.topics.server.http.Exchange;
import dev.topics.server.http.Method;
import dev.topics.server.http.Problem;
import dev.topics.server.http.Route.BodyRule;
import dev.topics.server.http.Router;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// Moves jobs from a dead letter back to where they came from, slice by slice, no faster than the
/// client wants.
final class RedriveHandler {
  private static final int MAX_DEFAULT = 1000;
  private static final int MAX = 10_000;
  private static final int SEQS_MAX = 1000;
  private static final int SLICE_JOBS = 100;
  private static final int SKIPPED_TOLD_MAX = 100;
  private static final long RATE_MAX = 1_000_000;
  private static final long PACE_MILLIS = 100;

  /// No call lasts longer; what is left is for the next one.
  private static final long CALL_NANOS_MAX = TimeUnit.SECONDS.toNanos(25);

  private final Service service;

  RedriveHandler(Service service) {
    this.service = service;
  }

  void addTo(Router.Builder router) {
    router.add(
        Method.POST,
        "/v0/topics/{topic}/redrive",
        BodyRule.OPTIONAL_JSON,
        Permission.DELETE,
        this::redrive);
  }

  /// The body of a request.
  private static final class Body {
    private final Exchange exchange;
    private @Nullable TopicName to;
    private @Nullable TagMatch match;
    private long[] seqs = {};
    private boolean seqsGiven;
    private long max = MAX_DEFAULT;
    private long ratePerSecond;
    private boolean dryRun;

    Body(Exchange exchange) {
      this.exchange = exchange;
    }

    void take(Fields fields) {
      if (fields.isNull()) {
        return;
      }
      switch (fields.name()) {
        case "to" -> to = Names.topic(exchange, fields.text());
        case "match" -> match = TagMatches.read(fields);
        case "seqs" -> {
          seqs = fields.unsigneds(SEQS_MAX + 1);
          seqsGiven = true;
        }
        case "max" -> max = Math.clamp(fields.unsigned(), 1, MAX);
        case "rate_per_s" -> ratePerSecond = Math.min(fields.unsigned(), RATE_MAX);
        case "dry_run" -> dryRun = fields.flag();
        default -> fields.skip();
      }
    }

    RedriveRequest request(TopicName from, long throughSeq) {
      if (from.equals(to)) {
        throw Problem.invalid("to must be another topic than \"" + from + "\" itself")
            .with("field", "to")
            .rejected();
      }
      if (seqsGiven && seqs.length == 0) {
        throw Problem.invalid("seqs must name at least one record; leave it out to mean all")
            .with("field", "seqs")
            .rejected();
      }
      if (seqs.length > SEQS_MAX) {
        throw Problem.of(
                ErrorCode.BATCH_TOO_LARGE,
                "seqs holds more than %d seqs; send them in several requests".formatted(SEQS_MAX))
            .with("field", "seqs")
            .with("max", SEQS_MAX)
            .rejected();
      }
      return new RedriveRequest(
          from,
          to,
          match,
          seqs,
          dryRun,
          target -> exchange.grant().reaches(target.value()),
          throughSeq);
    }
  }

  private void redrive(Exchange exchange) {
    TopicName from = Names.topic(exchange);
    Authorizer.check(exchange, Permission.WRITE, "writing to the topics that jobs go back to");
    Body body = new Body(exchange);
    Fields.read(exchange, body::take);
    TopicState state = service.engine().state(from, false);
    if (state == null) {
      throw Refusals.topicNotFound(from).rejected();
    }
    RedriveRequest request = body.request(from, state.headSeq());
    new Run(exchange, request, (int) body.max, body.ratePerSecond).slice();
  }

  /// One call until its answer.
  private final class Run {
    private final Exchange exchange;
    private final RedriveRequest request;
    private final Redrive redrive;
    private final int max;
    private final long ratePerSecond;
    private final Map<String, Long> targets = new TreeMap<>();
    private final List<RedriveResult.Skipped> skipped = new ArrayList<>();
    private long skippedTotal;
    private int jobs;

    Run(Exchange exchange, RedriveRequest request, int max, long ratePerSecond) {
      this.exchange = exchange;
      this.request = request;
      redrive = service.engine().queues().newRedrive(request);
      this.max = max;
      this.ratePerSecond = ratePerSecond;
    }

    void slice() {
      exchange.whenDone(redrive.slice(Math.min(max - jobs, sliceJobs())), this::sliced);
    }

    /// As many as the pace allows by now, at least one.
    private int sliceJobs() {
      if (ratePerSecond == 0 || request.dryRun()) {
        return SLICE_JOBS;
      }
      double seconds = exchange.elapsedNanos() / 1e9 + PACE_MILLIS / 1000.0;
      return Math.clamp((long) (ratePerSecond * seconds) - jobs, 1, SLICE_JOBS);
    }

    private void sliced(RedriveResult result) {
      switch (result) {
        case Refusal refusal -> exchange.fail(Refusals.problem(refusal));
        case RedriveResult.Redriven redriven -> {
          add(redriven);
          boolean late = exchange.elapsedNanos() > CALL_NANOS_MAX;
          if (!redriven.more() || jobs >= max || late) {
            answer(redriven.more());
          } else {
            var _ = exchange.resumeAfter(pauseMillis(), this::slice);
          }
        }
      }
    }

    /// Until the next job is due.
    private long pauseMillis() {
      if (ratePerSecond == 0 || request.dryRun()) {
        return 0;
      }
      long dueMillis = jobs * 1000L / ratePerSecond;
      return Math.max(0, dueMillis - TimeUnit.NANOSECONDS.toMillis(exchange.elapsedNanos()));
    }

    private void add(RedriveResult.Redriven redriven) {
      jobs += (int) redriven.jobs();
      skippedTotal += redriven.skippedTotal();
      redriven.targets().forEach((target, count) -> targets.merge(target, count, Long::sum));
      int room = SKIPPED_TOLD_MAX - skipped.size();
      redriven.skipped().stream().limit(room).forEach(skipped::add);
    }

    private void answer(boolean more) {
      JsonAnswer.send(
          exchange,
          200,
          json -> {
            json.writeStringProperty("topic", request.from().value());
            json.writeBooleanProperty("dry_run", request.dryRun());
            json.writeNumberProperty("redriven", jobs);
            json.writeObjectPropertyStart("targets");
            targets.forEach(json::writeNumberProperty);
            json.writeEndObject();
            writeSkipped(json);
            json.writeNumberProperty("skipped_total", skippedTotal);
            json.writeBooleanProperty("more", more);
          });
    }

    private void writeSkipped(JsonGenerator json) {
      json.writeArrayPropertyStart("skipped");
      for (RedriveResult.Skipped record : skipped) {
        json.writeStartObject();
        json.writeNumberProperty("seq", record.seq());
        json.writeStringProperty("reason", record.reason().name().toLowerCase(Locale.ROOT));
        json.writeEndObject();
      }
      json.writeEndArray();
    }
  }
}
