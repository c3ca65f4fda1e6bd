package dev.topics.engine.topic;

import dev.topics.engine.model.TopicConfig;
import dev.topics.engine.record.CopiedRecords;
import dev.topics.engine.record.NewRecords;
import dev.topics.engine.record.Picks;
import java.util.ArrayList;
import java.util.List;

/// What one frame does to one destination: which seqs the copies get, what caps push out for them.
///
/// **Threading** Under the commit lock; for one attempt.
final class ForwardTarget implements NewRecords {
  private final Topics topics;
  private final Topic topic;
  private final long ts;
  private final long nowMillis;
  private final List<ForwardPlan.Records> records = new ArrayList<>();
  private final List<Long> firstSeqs = new ArrayList<>();
  private final List<Operation> inMemory = new ArrayList<>(0);
  private long head;
  private int count;
  private long payloadBytes;
  private int memoryBytes;
  private int pieceStart;
  private int piece;

  ForwardTarget(Topics topics, Topic topic, long nowMillis) {
    this.topics = topics;
    this.topic = topic;
    this.nowMillis = nowMillis;
    ts = Math.max(topic.lastTs(), topics.clock().recordMillis());
    head = topic.head();
  }

  Topic topic() {
    return topic;
  }

  /// The head behind everything that was added.
  long head() {
    return head;
  }

  /// Whether all of `plan` can be added.
  boolean takes(ForwardPlan plan) {
    if (topic.isEphemeral() != plan.inMemory()) {
      return false;
    }
    boolean loses = !plan.moves().isEmpty() && plan.moves().getFirst() instanceof ForwardPlan.Lost;
    if (plan.inMemory() && loses && count > 0) {
      return false;
    }
    TopicConfig config = topic.config();
    if (config.refusesAboveCaps()) {
      return topics
          .roomOf(topic, nowMillis)
          .holds(count + plan.records(), payloadBytes + plan.payloadBytes());
    }
    return !config.capped() || plan.hasSizes();
  }

  /// Adds the moves of `plan` to the frame.
  void add(ForwardPlan plan, List<Operation> frame) {
    ForwardLane lane = plan.lane();
    long cursor = plan.from();
    for (ForwardPlan.Move move : plan.moves()) {
      switch (move) {
        case ForwardPlan.Lost lost -> {
          frame.add(
              new RouterOperation.Trim(
                  topic.id(),
                  head + 1,
                  head + lost.count(),
                  lost.hops(),
                  lane.router(),
                  lane.source().id(),
                  lost.cursor()));
          head += lost.count();
          cursor = lost.cursor();
        }
        case ForwardPlan.Referred referred -> {
          if (referred.cursor() - cursor > Integer.MAX_VALUE) {
            frame.add(cursor(lane, referred.firstSourceSeq() - 1));
            cursor = referred.firstSourceSeq() - 1;
          }
          int advance = Math.toIntExact(referred.cursor() - cursor);
          frame.add(
              new Forward(
                  topic.id(),
                  head + 1,
                  ts,
                  referred.hops(),
                  lane.router(),
                  advance,
                  referred.reference()));
          cursor = referred.cursor();
          added(referred);
        }
        case ForwardPlan.Carried carried -> {
          carry(lane, carried, frame);
          cursor = carried.cursor();
        }
      }
    }
    if (cursor != plan.cursor()) {
      frame.add(cursor(lane, plan.cursor()));
    }
  }

  private static Operation cursor(ForwardLane lane, long cursor) {
    return new RouterOperation.Cursor(lane.source().id(), lane.router(), cursor);
  }

  private void carry(ForwardLane lane, ForwardPlan.Carried carried, List<Operation> frame) {
    Picks all = new Picks();
    all.addRange(0, carried.count());
    CopiedRecords copies =
        new CopiedRecords().of(carried.block(), all, true, true, null).numbered(head + 1, ts);
    RouterOperation.Copies operation = new RouterOperation.Copies(topic.id(), copies);
    if (topic.isEphemeral()) {
      memoryBytes += operation.encodedBytes();
      inMemory.add(operation);
    } else {
      frame.add(operation);
    }
    frame.add(
        new RouterOperation.Carried(
            lane.source().id(),
            lane.router(),
            carried.cursor(),
            topic.id(),
            head + 1,
            carried.count(),
            carried.hops()));
    added(carried);
  }

  private void added(ForwardPlan.Records copies) {
    records.add(copies);
    firstSeqs.add(head + 1);
    head += copies.count();
    count += copies.count();
    payloadBytes += copies.payloadBytes();
  }

  /// Adds what the new records push out, and the reservation for their seqs; sees to it that there
  /// is memory for them.
  void finish(List<Operation> frame) {
    if (memoryBytes > 0) {
      topic.memory().makeRoom(memoryBytes);
    }
    Retention.Eviction eviction = count == 0 ? null : topics.growth().eviction(topic, this);
    if (eviction != null) {
      addEviction(eviction, frame);
    }
    if (head > topic.head()) {
      topics.growth().reserve(topic, head, topics.clock().nanos(), frame);
    }
  }

  private void addEviction(Retention.Eviction eviction, List<Operation> frame) {
    if (!topic.isEphemeral()) {
      frame.add(eviction.whole(topic.id()));
      return;
    }
    Operation.Evict stored = eviction.ofStored(topic.id(), frame);
    if (stored != null) {
      inMemory.addFirst(stored);
    }
    Operation.Evict added = eviction.ofAdded(topic.id());
    if (added != null) {
      inMemory.addLast(added);
    }
  }

  /// Applies what the log need not know, and lets readers see everything.
  void committed() {
    topics
        .commits()
        .completing(() -> inMemory.forEach(operation -> topics.applyInMemory(topic, operation)));
    if (head != topic.view().head()) {
      topics.growth().publishInTime(topic);
    }
  }

  // What caps see.

  @Override
  public int count() {
    return count;
  }

  @Override
  public long payloadBytes() {
    return payloadBytes;
  }

  @Override
  public long seq(int i) {
    find(i);
    return firstSeqs.get(piece) + (i - pieceStart);
  }

  @Override
  public int payloadBytes(int i) {
    find(i);
    return records.get(piece).payloadBytes(i - pieceStart);
  }

  /// Caps ask in ascending order.
  private void find(int i) {
    if (i < pieceStart) {
      piece = 0;
      pieceStart = 0;
    }
    while (i - pieceStart >= records.get(piece).count()) {
      pieceStart += records.get(piece).count();
      piece++;
    }
  }
}
