package dev.topics.engine.topic;

import dev.topics.engine.index.Losses;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.RouterInfo.Reason;
import dev.topics.engine.model.RouterSource;
import dev.topics.engine.model.TagMatch;
import dev.topics.engine.model.TopicConfig;
import dev.topics.engine.record.AppendBlock;
import dev.topics.engine.record.CopiedRecords;
import dev.topics.engine.record.OperationLayout;
import dev.topics.engine.record.Picks;
import dev.topics.engine.record.RouterStamp;
import dev.topics.engine.topic.ForwardPlan.PayloadSizes;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/// Looks at what a lane has to forward next, without the commit lock: the same floors, gaps and
/// deletes that a reader at the lane's cursor would meet.
///
/// **Threading** The forwarder's thread.
final class ForwardPlanner {
  /// A record that was forwarded as often as this is forwarded no more.
  static final int HOPS_MAX = 16;

  private static final int MOVES_MAX = 64;
  private static final int RECORDS_MAX = 20_000;
  private static final int CARRIED_BYTES_MAX = 1 << 20;

  private final Topics topics;
  private final BlockReader blocks;
  private final Sizes sizes;
  private final Picks picks = new Picks();
  private final CopiedRecords copies = new CopiedRecords();
  private final RouterStamp stamp = new RouterStamp();

  /// What the plan under way is about.
  private ForwardLane lane;

  private ForwardPlan plan;
  private View view;
  private TopicConfig destination;
  private CapRoom room = CapRoom.UNBOUNDED;
  private boolean stopped;

  @SuppressWarnings("NullAway.Init") // set by plan
  ForwardPlanner(Topics topics) {
    this.topics = topics;
    blocks = topics.newBlockReader();
    sizes = new Sizes(blocks);
  }

  /// What `next` should do now; null for nothing.
  @Nullable ForwardPlan plan(ForwardLane next) {
    lane = next;
    view = next.source().view();
    if (next.cursor() >= view.head()) {
      return null;
    }
    destination = next.destination().view().config();
    plan = new ForwardPlan(next, destination.durability() == Durability.EPHEMERAL);
    stopped = false;
    findRoom();
    try {
      Expiry expiry = Retention.expiry(next.source(), view, topics.clock().millis(), sizes);
      while (!stopped && plan.cursor() < view.head() && !isFull()) {
        moveOn(expiry);
      }
    } catch (DamagedRecordsException damaged) {
      long first = plan.cursor() + 1;
      if (plan.isEmpty()) {
        long last = Math.min(damaged.lastSeq(), view.head());
        Reason why = damaged.passes() ? Reason.SERVER_EXHAUSTED : Reason.SOURCE_DAMAGED;
        next.block(why, next.source(), first, last);
      }
    } catch (MovedRecordsException outOfDate) {
      // What is planned so far holds; the rest is looked at again in a fresh view.
      if (!next.source().isDropped()) {
        outOfDate.throwUnlessNewer(view, next.source().view());
      }
    } finally {
      blocks.packed().leave();
    }
    return plan.isEmpty() ? null : plan;
  }

  private boolean isFull() {
    return plan.moves().size() >= MOVES_MAX
        || plan.records() >= RECORDS_MAX
        || plan.carriedBytes() >= CARRIED_BYTES_MAX;
  }

  /// How much the destination takes, if it refuses what is beyond its caps.
  private void findRoom() {
    room = CapRoom.UNBOUNDED;
    if (!destination.refusesAboveCaps()) {
      return;
    }
    Topic topic = lane.destination();
    long now = topics.clock().millis();
    room = topics.commits().locked(() -> topics.roomOf(topic, now));
  }

  private void moveOn(Expiry expiry) throws DamagedRecordsException {
    long first = plan.cursor() + 1;
    if (first < expiry.evictFloor()) {
      lose(first, expiry.evictFloor() - 1);
      return;
    }
    long next = view.deleted().nextAbsent(Math.max(first, expiry.earliest()));
    if (next > view.head()) {
      plan.passTo(view.head());
      return;
    }
    Losses.Gap gap = view.losses().gapAt(next);
    if (gap != null) {
      lose(Math.max(gap.first(), first), gap.last());
      return;
    }
    forward(next);
  }

  /// The destination is told of what the source lost, unless it has come round often enough. Of one
  /// in memory, only the log's part of a frame can tell it, before any copies.
  private void lose(long first, long last) {
    int hops = lane.hops(first) + 1;
    if (hops > HOPS_MAX) {
      plan.passTo(last);
    } else if (plan.inMemory() && !plan.moves().isEmpty()) {
      stopped = true;
    } else {
      plan.add(new ForwardPlan.Lost(last - first + 1, hops, last));
      stopped = plan.inMemory();
    }
  }

  /// Forwards from `seq` on, to the end of the append that holds it.
  private void forward(long seq) throws DamagedRecordsException {
    long entry = view.index().floor(seq);
    long last = Math.min(view.lastOf(entry), lane.lastWithSameHops(seq));
    int hops = lane.hops(seq) + 1;
    if (hops > HOPS_MAX) {
      plan.passTo(last);
      return;
    }
    if (!forwardWhole(seq, last, entry, hops)) {
      AppendBlock block = blocks.read(lane.source().id(), view.index(), entry, seq);
      pick(block, seq, Math.min(last, block.lastSeq()));
      forwardPicked(block, seq, Math.min(last, block.lastSeq()), entry, hops);
    }
  }

  /// If the records are forwarded all together and as they are, nobody has to look at them.
  private boolean forwardWhole(long seq, long last, long entry, int hops)
      throws DamagedRecordsException {
    if (view.index().run(entry) != null) {
      return false;
    }
    blocks.locate(lane.source().id(), view.index(), entry);
    MemorySegment segment = blocks.segment();
    long at = blocks.operation();
    Forward.Reference to = blocks.isForward() ? Forward.decode(segment, at).to() : null;
    int count = to == null ? OperationLayout.Append.count(segment, at) : to.count();
    if (seq != view.index().firstSeq(entry)
        || last < seq + count - 1
        || lane.config().filter() != null
        || lane.config().stamps()
        || destination.capped()
        || !isReferable(entry)
        || view.deleted().nextPresent(seq) < seq + count) {
      return false;
    }
    Forward.Reference reference;
    if (to != null) {
      reference = flattened(to);
      if (reference == null) {
        return false;
      }
    } else {
      reference =
          new Forward.Reference(
              view.index().position(entry),
              blocks.offset(),
              0,
              count,
              new BitSet(),
              Math.toIntExact(OperationLayout.Append.payloadBytes(segment, at)),
              lane.config().preserveTag() && new AppendBlock().wrap(segment, at).hasTags(),
              lane.config().preserveNode(),
              lane.config().preserveTag(),
              null);
    }
    plan.add(
        new ForwardPlan.Referred(
            reference,
            seq,
            view.index().position(entry),
            hops,
            PayloadSizes.NONE,
            seq + count - 1));
    return true;
  }

  private boolean isReferable(long entry) {
    return !plan.inMemory()
        && view.index().memory(entry) == null
        && view.index().run(entry) == null;
  }

  /// The same records as `to`, for an unstamped copy of all of them; null if a stamp is in the way.
  private Forward.@Nullable Reference flattened(Forward.Reference to) {
    if (to.stamp() != null) {
      return null;
    }
    boolean keepTag = to.keepTag() && lane.config().preserveTag();
    return new Forward.Reference(
        to.position(),
        to.offset(),
        to.first(),
        to.count(),
        to.bitmap(),
        to.payloadBytes(),
        to.tagged() && keepTag,
        to.keepNode() && lane.config().preserveNode(),
        keepTag,
        null);
  }

  /// Picks the records from `seq` to `last` that live and pass the filter.
  private void pick(AppendBlock block, long seq, long last) {
    picks.clear();
    TagMatch filter = lane.config().filter();
    long next = view.deleted().nextAbsent(seq);
    while (next <= last) {
      long end = Math.min(last + 1, view.deleted().nextPresent(next));
      int from = (int) (next - block.firstSeq());
      int to = (int) (end - block.firstSeq());
      if (filter == null) {
        picks.addRange(from, to);
      } else {
        for (int i = from; i < to; i++) {
          if (block.hasTag(i) && filter.matches(block.tag(i))) {
            picks.add(i);
          }
        }
      }
      next = view.deleted().nextAbsent(end);
    }
  }

  private void forwardPicked(AppendBlock block, long seq, long last, long entry, int hops) {
    long cursor = last;
    Forward.Stamp stamped = stampFor(block.firstSeq());
    RouterStamp writer =
        stamped == null ? null : stamp.about(stamped.router(), stamped.source(), stamped.seqBase());
    copies.of(block, picks, lane.config().preserveNode(), lane.config().preserveTag(), writer);
    int fits = fitting();
    if (fits < picks.size()) {
      cursor = block.firstSeq() + picks.get(fits) - 1;
      long refused = cursor + 1;
      picks.truncate(fits);
      stopped = true;
      if (plan.isEmpty() && fits == 0) {
        block(refused, copies.of(block, picks, true, true, writer), block);
      }
    }
    if (picks.size() == 0) {
      if (cursor > plan.cursor()) {
        plan.passTo(cursor);
      }
      return;
    }
    copies.numbered(lane.destination().likelyHead() + 1, topics.clock().millis());
    ForwardPlan.Referred referred = referred(block, seq, entry, stamped, hops, cursor);
    plan.add(referred != null ? referred : carried(hops, cursor));
  }

  private void block(long refused, CopiedRecords one, AppendBlock block) {
    picks.clear();
    picks.add((int) (refused - block.firstSeq()));
    boolean larger = destination.capBytes() > 0 && one.payloadBytes(0) > destination.capBytes();
    Reason reason = larger ? Reason.RECORD_LARGER_THAN_CAP : Reason.DEST_FULL;
    lane.block(reason, lane.destination(), refused, view.head());
    picks.clear();
  }

  private Forward.@Nullable Stamp stampFor(long firstSeq) {
    if (!lane.config().stamps()) {
      return null;
    }
    boolean only = lane.config().source() instanceof RouterSource.One;
    return new Forward.Stamp(
        only ? 0 : lane.source().id(),
        firstSeq,
        lane.config().name().value(),
        lane.source().name().value());
  }

  /// How many of the picked records the destination takes.
  private int fitting() {
    if (room.equals(CapRoom.UNBOUNDED)) {
      return picks.size();
    }
    long records = room.records() - plan.records();
    long bytes = room.bytes() - plan.payloadBytes();
    int fits = 0;
    while (fits < picks.size() && records > 0) {
      bytes -= copies.payloadBytes(fits);
      if (bytes < 0) {
        break;
      }
      records--;
      fits++;
    }
    return fits;
  }

  /// The picked records as a reference; null if they have to be carried.
  private ForwardPlan.@Nullable Referred referred(
      AppendBlock block,
      long seq,
      long entry,
      Forward.@Nullable Stamp stamped,
      int hops,
      long cursor) {
    if (!isReferable(entry)) {
      return null;
    }
    long position = view.index().position(entry);
    boolean tagged = lane.config().preserveTag() && block.hasTags();
    PayloadSizes each = sizesOfPicked();
    Forward.Reference reference;
    if (blocks.isForward()) {
      Forward.Reference to = Forward.decode(blocks.segment(), blocks.operation()).to();
      if (!to.bitmap().isEmpty() || (to.stamp() != null && stamped == null)) {
        return null;
      }
      Forward.Stamp moved =
          stamped == null
              ? null
              : new Forward.Stamp(
                  stamped.sourceId(),
                  stamped.seqBase() - to.first(),
                  stamped.router(),
                  stamped.source());
      reference =
          new Forward.Reference(
              to.position(),
              to.offset(),
              to.first() + picks.first(),
              picks.size(),
              picks.bitmap(),
              Math.toIntExact(copies.payloadBytes()),
              tagged,
              to.keepNode() && lane.config().preserveNode(),
              to.keepTag() && lane.config().preserveTag(),
              moved);
    } else {
      reference =
          new Forward.Reference(
              position,
              blocks.offset(),
              picks.first(),
              picks.size(),
              picks.bitmap(),
              Math.toIntExact(copies.payloadBytes()),
              tagged,
              lane.config().preserveNode(),
              lane.config().preserveTag(),
              stamped);
    }
    return new ForwardPlan.Referred(reference, seq, position, hops, each, cursor);
  }

  private PayloadSizes sizesOfPicked() {
    int[] bytes = new int[destination.capped() ? picks.size() : 0];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = copies.payloadBytes(i);
    }
    return new PayloadSizes(bytes);
  }

  private ForwardPlan.Carried carried(int hops, long cursor) {
    MemorySegment segment = MemorySegment.ofArray(new byte[copies.operationBytes()]);
    copies.write(segment, 0, lane.destination().id());
    return new ForwardPlan.Carried(segment, new AppendBlock().wrap(segment, 0), hops, cursor);
  }
}
