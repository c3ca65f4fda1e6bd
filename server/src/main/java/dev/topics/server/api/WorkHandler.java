package dev.topics.server.api;

import dev.topics.engine.model.ClaimResult;
import dev.topics.engine.model.ClaimedJobs;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.model.WorkRequest;
import dev.topics.engine.queue.JobReader;
import dev.topics.engine.queue.WorkStream;
import dev.topics.server.auth.Permission;
import dev.topics.server.http.ByteOutput;
import dev.topics.server.http.EventStream;
import dev.topics.server.http.Exchange;
import dev.topics.server.http.LoopLocal;
import dev.topics.server.http.Method;
import dev.topics.server.http.Query;
import dev.topics.server.http.Route.BodyRule;
import dev.topics.server.http.Router;
import dev.topics.server.http.StreamSource;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Pushes jobs to workers (http-api §8): an event for each job, the next ones as soon as some are
/// done, and everything back to the queue when the worker goes away.
final class WorkHandler {
  private static final long HEARTBEAT_MILLIS = 15_000;

  /// Jobs that are read at a time, so that no more than these are held for a slow client.
  private static final int JOBS_AT_ONCE = 16;

  private static final byte[] ID = ascii("id: ");
  private static final byte[] EVENT = ascii("\nevent: job\ndata: ");
  private static final byte[] END = ascii("\n\n");

  private final Service service;
  private final int max;
  private final LoopLocal<JobReader> readers;

  /// @param max most jobs under way on one stream
  WorkHandler(Service service, int max) {
    this.service = service;
    this.max = max;
    readers = new LoopLocal<>(() -> service.engine().queues().newReader());
  }

  void addTo(Router.Builder router) {
    router.add(
        Method.GET,
        "/v0/topics/{topic}/work",
        BodyRule.IGNORED,
        Permission.CLAIM_STREAM,
        this::work);
  }

  private void work(Exchange exchange) {
    TopicName topic = Names.topic(exchange);
    Query query = exchange.query();
    String node = query.text("node");
    if (node == null) {
      throw LeaseFields.missingNode();
    }
    long asked = Math.clamp(query.number("max", 1), 1, max);
    long wanted = exchange.method() == Method.HEAD ? 0 : asked;
    long lease = query.number("lease_ms", 0);
    WorkRequest request =
        new WorkRequest(
            topic,
            LeaseFields.node("node", node),
            (int) wanted,
            query.text("lease_ms") == null ? 0 : LeaseTimes.clamped(lease));
    Work work = new Work(topic);
    ClaimResult opened =
        service.engine().queues().open(request, work::arrived, stream -> work.jobs = stream);
    if (opened instanceof Refusal refusal) {
      throw Refusals.problem(refusal).rejected();
    }
    try {
      work.events = exchange.stream(work, HEARTBEAT_MILLIS);
    } catch (RuntimeException e) {
      work.closed();
      throw e;
    }
  }

  /// One worker's stream.
  private final class Work implements StreamSource {
    private final TopicName topic;
    private @Nullable WorkStream jobs;
    private volatile @Nullable EventStream events;

    Work(TopicName topic) {
      this.topic = topic;
    }

    /// Something to write, on any thread. Before the stream is open nobody need be told: it looks
    /// once when it opens.
    void arrived() {
      EventStream open = events;
      if (open != null) {
        open.resume(this::writable);
      }
    }

    @Override
    public void writable() {
      EventStream open = events;
      WorkStream stream = jobs;
      if (open == null || stream == null) {
        return;
      }
      while (open.isWritable()) {
        switch (stream.poll(JOBS_AT_ONCE)) {
          case null -> {
            return;
          }
          case ClaimedJobs more -> write(open, more);
          case Refusal refusal -> {
            open.fail(Refusals.problem(refusal));
            return;
          }
        }
      }
    }

    private void write(EventStream open, ClaimedJobs given) {
      Frames frames = new Frames(open.output());
      JobReader reader = open.local(readers);
      JobReader.Outcome _ = reader.read(topic, given, 0, given.size(), true, frames);
      open.write(frames.close());
      open.flush();
    }

    @Override
    public void closed() {
      WorkStream stream = jobs;
      if (stream != null) {
        stream.close();
      }
    }
  }

  /// Makes an event of each job.
  private static final class Frames implements JobReader.JobSink {
    private final ByteOutput out;
    private boolean any;

    Frames(ByteOutput out) {
      this.out = out;
    }

    @Override
    public void next(long seq) {
      close().ascii(ID).number(seq).ascii(EVENT);
      any = true;
    }

    /// Ends the event that was begun last.
    ByteOutput close() {
      return any ? out.ascii(END) : out;
    }

    @Override
    public void write(MemorySegment source, long offset, int length) {
      out.write(source, offset, length);
    }

    @Override
    public void write(byte[] source, int offset, int length) {
      out.write(source, offset, length);
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
