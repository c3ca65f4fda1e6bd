package dev.topics.server.api;

import dev.topics.engine.model.ClaimRequest;
import dev.topics.engine.model.ClaimResult;
import dev.topics.engine.model.ClaimedJobs;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.queue.JobReader;
import dev.topics.engine.queue.PendingClaim;
import dev.topics.server.auth.Permission;
import dev.topics.server.http.ByteOutput;
import dev.topics.server.http.Exchange;
import dev.topics.server.http.LoopLocal;
import dev.topics.server.http.Method;
import dev.topics.server.http.Route.BodyRule;
import dev.topics.server.http.Router;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// Claims jobs (http-api §8), and waits for some if there are none.
final class ClaimHandler {
  private static final long WAIT_MILLIS_MAX = 30_000;

  /// What a job has beside its payload: its lease, and names of the longest.
  private static final int JOB_ENVELOPE_BYTES_MAX = 1 << 10;

  private static final Future<?> NO_WAIT = CompletableFuture.completedFuture(null);

  private static final byte[] TOPIC = ascii("{\"topic\":\"");
  private static final byte[] CLAIMED = ascii("\",\"claimed\":[");
  private static final byte[] COUNT = ascii("],\"count\":");
  private static final byte[] READY = ascii(",\"ready\":");
  private static final byte[] TOTAL_MILLIS = ascii(",\"performance\":{\"server_total_ms\":");
  private static final byte[] END = ascii("}}");

  private final Service service;
  private final int max;
  private final LoopLocal<Desk> desks;

  /// @param max most jobs of one claim
  ClaimHandler(Service service, int max) {
    this.service = service;
    this.max = max;
    desks =
        new LoopLocal<>(() -> new Desk(service.engine().queues().newReader(), new PageBuffer()));
  }

  /// What one event loop reads with.
  private record Desk(JobReader reader, PageBuffer page) {}

  /// Puts commas between the jobs.
  private static final class Joined implements JobReader.JobSink {
    private static final byte[] COMMA = {','};

    private final PageBuffer page;
    private boolean any;

    Joined(PageBuffer page) {
      this.page = page;
    }

    @Override
    public void next(long seq) {
      if (any) {
        page.write(COMMA, 0, 1);
      }
      any = true;
    }

    @Override
    public void write(MemorySegment source, long offset, int length) {
      page.write(source, offset, length);
    }

    @Override
    public void write(byte[] source, int offset, int length) {
      page.write(source, offset, length);
    }
  }

  void addTo(Router.Builder router) {
    router.add(
        Method.POST, "/v0/topics/{topic}/claim", BodyRule.JSON, Permission.CLAIM, this::claim);
  }

  /// The body of a request.
  private static final class Request {
    private @Nullable String node;
    private long wanted = 1;
    private long leaseMillis;
    private long waitMillis;

    void take(Fields fields) {
      if (fields.isNull()) {
        return;
      }
      switch (fields.name()) {
        case "node" -> node = LeaseFields.node("node", fields.text());
        case "max" -> wanted = Math.max(1, fields.unsigned());
        case "lease_ms" -> leaseMillis = LeaseTimes.clamped(fields.unsigned());
        case "wait_ms" -> waitMillis = Math.min(fields.unsigned(), WAIT_MILLIS_MAX);
        default -> fields.skip();
      }
    }

    ClaimRequest claim(TopicName topic, int max, int bytesMax) {
      String given = node;
      if (given == null) {
        throw LeaseFields.missingNode();
      }
      return new ClaimRequest(
          topic, given, (int) Math.min(wanted, max), bytesMax, leaseMillis, waitMillis > 0);
    }
  }

  private void claim(Exchange exchange) {
    TopicName topic = Names.topic(exchange);
    Request request = new Request();
    Fields.read(exchange, request::take);
    int bytesMax = Math.min(ClaimRequest.BYTES_MAX, exchange.answerBytesMax());
    PendingClaim claim = service.engine().queues().claim(request.claim(topic, max, bytesMax));
    Future<?> deadline =
        request.waitMillis > 0 && !claim.answer().isDone()
            ? exchange.resumeAfter(request.waitMillis, claim::giveUp)
            : NO_WAIT;
    exchange.onLeave(() -> {
      deadline.cancel(false);
      abandon(topic, claim);
    });
    exchange.whenDone(
        claim.answer(),
        result -> {
          deadline.cancel(false);
          answer(exchange, topic, result);
        });
  }

  /// Nobody takes the answer any more: what it holds, or will hold, goes to others at once.
  private void abandon(TopicName topic, PendingClaim claim) {
    claim.giveUp();
    var _ =
        claim
            .answer()
            .thenAccept(result -> {
              if (result instanceof ClaimedJobs jobs && jobs.size() > 0) {
                service.engine().queues().giveBack(topic, jobs);
              }
            });
  }

  private void answer(Exchange exchange, TopicName topic, ClaimResult result) {
    switch (result) {
      case ClaimedJobs jobs -> answer(exchange, topic, jobs);
      case Refusal refusal -> exchange.fail(Refusals.problem(refusal));
    }
  }

  private void answer(Exchange exchange, TopicName topic, ClaimedJobs jobs) {
    Desk desk = exchange.local(desks);
    PageBuffer page = desk.page();
    int bytesMax = ClaimRequest.BYTES_MAX + (1 + jobs.size()) * JOB_ENVELOPE_BYTES_MAX;
    page.begin(
        exchange, exchange.output().ascii(TOPIC).ascii(topic.value()).ascii(CLAIMED), bytesMax);
    try {
      JobReader.Outcome outcome =
          desk.reader().read(topic, jobs, 0, jobs.size(), false, new Joined(page));
      Refusal refusal = outcome.refusal(topic);
      if (refusal != null) {
        if (refusal instanceof Refusal.Exhausted) {
          service.engine().queues().giveBack(topic, jobs);
        }
        exchange.fail(Refusals.problem(refusal));
        return;
      }
      ByteOutput tail = exchange.output().ascii(COUNT).number(outcome.jobs());
      tail.ascii(READY).number(jobs.counts().ready());
      tail.ascii(TOTAL_MILLIS).millis(exchange.elapsedNanos()).ascii(END);
      exchange.send(200, page.end(tail));
    } finally {
      page.drop();
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
