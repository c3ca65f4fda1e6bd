package dev.topics.engine.topic;

import dev.topics.engine.index.AppendIndex;
import dev.topics.engine.index.SeqRanges;
import dev.topics.engine.model.InconsistentLogException;
import dev.topics.engine.model.LossReason;
import dev.topics.engine.model.TopicConfig;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.record.AppendBlock;
import dev.topics.engine.record.OperationLayout;
import dev.topics.engine.record.Removed;
import dev.topics.engine.record.StoredCode;
import dev.topics.storage.journal.Frame;
import dev.topics.storage.journal.FrameDamagedException;
import dev.topics.storage.journal.FrameReleasedException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one place where state changes: [#apply] turns the bytes of an operation into state, in a
/// live engine and in recovery.
///
/// **Threading** Under the commit lock; in recovery one thread.
public final class Applier {
  private static final Logger log = LoggerFactory.getLogger(Applier.class);

  /// A topic whose creation was lost by damage is called so, and by its id.
  private static final String RECOVERED_PREFIX = "recovered-";

  private final TopicTable table;
  private final AppendBlock block = new AppendBlock();
  private final List<UntaggedForward> untagged = new ArrayList<>();
  private final LostTails lostTails = new LostTails();
  private @Nullable ForwardReader forwards;
  private boolean gapsExpected;
  private boolean gapsUnsettled;

  /// Forwarded records whose tags are not indexed yet.
  private record UntaggedForward(Topic topic, long firstSeq) {}

  public Applier(TopicTable table) {
    this.table = table;
  }

  /// What it changes.
  public TopicTable table() {
    return table;
  }

  /// Applies every operation of `frame`.
  public void apply(Frame frame) {
    if (frame.isBridge()) {
      expectGaps(frame);
    }
    MemorySegment segment = frame.segment();
    long at = frame.payloadOffset();
    for (int i = 0; i < frame.operationCount(); i++) {
      boolean restored = table.isRestored(OperationLayout.topicId(segment, at), frame.lsn());
      if (!restored) {
        apply(segment, at, frame.position(), frame.lsn());
      } else {
        applyRestored(segment, at, frame.position(), frame.lsn());
      }
      at += OperationLayout.length(segment, at);
    }
  }

  /// From here on the frames are missing that `bridge` stands for: what is left may not fit
  /// together.
  public void expectGaps(Frame bridge) {
    gapsExpected = true;
    gapsUnsettled = true;
    table.all().forEach(Topic::expectGaps);
    lostTails.lost(bridge, table.all());
  }

  /// The last seq that `topic` may have handed out in frames that are missing; its head if in none.
  ///
  /// @param fed whether it takes copies from a router
  /// @param reserving whether it may have handed out all that it had reserved
  public long lostEnd(Topic topic, boolean fed, boolean reserving) {
    return lostTails.end(topic, fed, reserving);
  }

  public boolean gapsExpected() {
    return gapsExpected;
  }

  /// Whether nothing in the log tells what records were lost at the ends of topics.
  public boolean hasUnsettledGaps() {
    return gapsUnsettled;
  }

  /// Applies an operation as far as it makes sense, when others before it are lost.
  private void applyBehindGap(MemorySegment segment, long at, long position, long lsn) {
    long id = OperationLayout.topicId(segment, at);
    table.used(id);
    try {
      Topic topic = foundBehindGap(id, OperationLayout.type(segment, at));
      switch (OperationLayout.type(segment, at)) {
        case OperationLayout.APPEND, RouterOperation.FORWARD -> {
          if (topic != null) {
            topic.raiseHead(Operation.firstSeqOfRecords(segment, at) - 1, LossReason.CORRUPT);
            lostTails.toldHead(topic);
          }
        }
        case OperationLayout.RESERVE -> {
          if (topic != null) {
            topic.raiseHead(OperationLayout.getLong(segment, at + 16), LossReason.CORRUPT);
            lostTails.toldReservation(topic);
          }
        }
        case OperationLayout.TOPIC_PUT -> {
          Topic before = table.find(Operation.PutTopic.decode(segment, at).name().value());
          if (before != null && before.id() != id) {
            table.drop(before);
          }
        }
        default -> {}
      }
      applyInOrder(segment, at, position, lsn);
    } catch (InconsistentLogException | IllegalArgumentException | IndexOutOfBoundsException e) {
      log.warn("frame {}: left out, as frames before it are lost: {}", lsn, e.getMessage());
    }
  }

  /// The topic of an operation. If its creation is lost it gets a name that tells so, as the
  /// records are there; null if it has none of them.
  private @Nullable Topic foundBehindGap(long id, int type) {
    Topic topic = table.find(id);
    boolean holdsRecords = type == OperationLayout.APPEND || type == RouterOperation.FORWARD;
    String name = RECOVERED_PREFIX + id;
    if (topic == null && holdsRecords && table.find(name) == null) {
      log.warn("the name of topic {} is lost; it is \"{}\" from now on", id, name);
      return put(
          new Operation.PutTopic(id, new TopicName(name), TopicConfig.DEFAULT), MemoryLog.NO_LSN);
    }
    return topic;
  }

  /// Applies what the topic of an operation knows already, but a router does not.
  public void applyRestored(MemorySegment segment, long at, long position, long lsn) {
    if (RouterOperation.is(OperationLayout.type(segment, at))) {
      applyToRouter(segment, at, position, lsn);
    }
  }

  /// Applies the operation at `at`.
  ///
  /// @param position of the frame that holds it; for records in memory, `at`
  /// @param lsn of that frame, or [MemoryLog#NO_LSN]
  public void apply(MemorySegment segment, long at, long position, long lsn) {
    if (gapsExpected) {
      applyBehindGap(segment, at, position, lsn);
    } else {
      applyInOrder(segment, at, position, lsn);
    }
  }

  private void applyInOrder(MemorySegment segment, long at, long position, long lsn) {
    int type = OperationLayout.type(segment, at);
    switch (type) {
      case OperationLayout.APPEND -> {
        block.wrap(segment, at);
        topic(segment, at).applyAppend(block, position, key(segment, at), lsn);
      }
      case OperationLayout.RESERVE ->
          topic(segment, at)
              .applyReserve(
                  OperationLayout.getLong(segment, at + 16),
                  OperationLayout.getLong(segment, at + 24),
                  OperationLayout.isCorrupt(segment, at) ? LossReason.CORRUPT : LossReason.RESTART,
                  lsn);
      case OperationLayout.EVICT -> {
        Removed removed = OperationLayout.getRemoved(segment, at + 16);
        table.totals().evicted(removed.records());
        topic(segment, at)
            .applyEvict(
                OperationLayout.getLong(segment, at + 48),
                removed,
                StoredCode.lossReason(OperationLayout.getInt(segment, at + 56)));
      }
      case OperationLayout.DELETE -> {
        SeqRanges ranges = Operation.Delete.ranges(segment, at);
        Removed removed = OperationLayout.getRemoved(segment, at + 16);
        if (OperationLayout.isCorrupt(segment, at)) {
          topic(segment, at).applyLoss(ranges, removed);
        } else {
          topic(segment, at).applyDelete(ranges, removed);
        }
      }
      case OperationLayout.GAPS_SETTLED -> {
        gapsUnsettled = false;
        lostTails.settled();
      }
      case OperationLayout.TOPIC_PUT -> put(Operation.PutTopic.decode(segment, at), lsn);
      case OperationLayout.TOPIC_DROP -> table.drop(topic(segment, at));
      default -> {
        if (type == PackInstall.TYPE) {
          PackInstall.apply(segment, at, topic(segment, at));
        } else if (JobOperation.is(type)) {
          JobOperation.apply(segment, at, topic(segment, at).knownJobs());
        } else if (RouterOperation.is(type)) {
          applyRouting(segment, at, position, lsn);
        } else {
          throw new InconsistentLogException("unknown operation " + type);
        }
      }
    }
  }

  private void applyRouting(MemorySegment segment, long at, long position, long lsn) {
    int type = OperationLayout.type(segment, at);
    if (type == RouterOperation.FORWARD) {
      Forward forward = Forward.decode(segment, at);
      Topic topic = table.known(forward.topicId());
      forward.applyTo(topic, position);
      if (forward.to().tagged()) {
        indexTags(topic, forward, segment, at);
      }
      applyToRouter(forward, position);
      return;
    }
    if (type == RouterOperation.SOURCE_TRIM) {
      RouterOperation.Trim.apply(segment, at, topic(segment, at));
    }
    applyToRouter(segment, at, position, lsn);
  }

  /// A checkpoint knows routers as they were when it was begun, topics as they were later.
  private void applyToRouter(MemorySegment segment, long at, long position, long lsn) {
    switch (OperationLayout.type(segment, at)) {
      case RouterOperation.FORWARD -> applyToRouter(Forward.decode(segment, at), position);
      case RouterOperation.SOURCE_TRIM -> RouterOperation.Trim.apply(segment, at, table.routers());
      case RouterOperation.ROUTER_PUT -> RouterOperation.Put.apply(segment, at, table, lsn);
      case RouterOperation.ROUTER_DROP ->
          table.routers().drop(OperationLayout.getInt(segment, at + 16));
      case RouterOperation.ROUTER_CARRIED ->
          RouterOperation.Carried.apply(segment, at, table.routers());
      default -> RouterOperation.Cursor.apply(segment, at, table.routers());
    }
  }

  private void applyToRouter(Forward forward, long position) {
    forward.applyTo(table.routers());
    table.references().refer(position, forward.to().position());
  }

  /// Tags are where the records are. A replay cannot look there, and leaves it to [#live].
  private void indexTags(Topic topic, Forward forward, MemorySegment segment, long at) {
    long firstSeq = forward.firstSeq();
    ForwardReader reader = forwards;
    if (reader == null) {
      untagged.add(new UntaggedForward(topic, firstSeq));
      return;
    }
    try {
      topic.indexTags(reader.follow(segment, at), firstSeq);
    } catch (FrameDamagedException | FrameReleasedException damaged) {
      log.error("the tags of records from {} of topic \"{}\"", firstSeq, topic.name(), damaged);
    }
  }

  /// Everything in the log was applied; from now on `reader` follows references, and `blocks` reads
  /// what is still to be indexed.
  void live(ForwardReader reader, BlockReader blocks) {
    forwards = reader;
    for (UntaggedForward forward : untagged) {
      indexTags(forward.topic(), forward.firstSeq(), blocks);
    }
    untagged.clear();
    if (gapsExpected) {
      gapsExpected = false;
      Sizes sizes = new Sizes(blocks);
      table.all().forEach(topic -> topic.recount(sizes));
    }
    table.routers().recovered(topic -> topic.equals(table.find(topic.id())));
  }

  private static void indexTags(Topic topic, long firstSeq, BlockReader blocks) {
    View view = topic.committed();
    AppendIndex.Snapshot index = view.index();
    long entry = index.floor(firstSeq);
    if (entry == AppendIndex.Snapshot.NO_ENTRY
        || index.run(entry) != null
        || index.firstSeq(entry) != firstSeq
        || view.nextLive(firstSeq) > view.lastOf(entry)) {
      return;
    }
    try {
      topic.indexTags(blocks.read(topic.id(), index, entry, firstSeq));
    } catch (DamagedRecordsException | MovedRecordsException damaged) {
      log.error("the tags of records from {} of topic \"{}\"", firstSeq, topic.name(), damaged);
    }
  }

  private Topic topic(MemorySegment segment, long at) {
    return table.known(OperationLayout.topicId(segment, at));
  }

  private static @Nullable String key(MemorySegment segment, long at) {
    int length = OperationLayout.Append.keyBytes(segment, at);
    if (length == 0) {
      return null;
    }
    byte[] bytes = new byte[length];
    MemorySegment.copy(
        segment,
        ValueLayout.JAVA_BYTE,
        OperationLayout.Append.keyOffset(segment, at),
        bytes,
        0,
        length);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private Topic put(Operation.PutTopic put, long lsn) {
    Topic topic = table.put(put, lsn);
    if (gapsExpected) {
      topic.expectGaps();
    }
    return topic;
  }
}
