package dev.topics.engine.topic;

import dev.topics.engine.index.AppendIndex;
import dev.topics.engine.record.AppendBlock;
import dev.topics.engine.record.StoredRecord;

/// Reads single records by their seqs, wherever they are stored.
///
/// **Threading** One thread at a time; make one per thread. Never takes the commit lock.
public final class RecordLookup {
  /// How much of a pack is read for a record and those beside it.
  private static final long STRETCH_BYTES = 16 << 10;

  private final Topics topics;
  private final BlockReader blocks;
  private final Sizes sizes;
  private final StoredRecord record = new StoredRecord();

  RecordLookup(Topics topics) {
    this.topics = topics;
    blocks = topics.newBlockReader();
    sizes = new Sizes(blocks);
  }

  /// Takes the records that were found.
  @FunctionalInterface
  public interface Visitor {
    /// The record of number `i` of those asked for; valid during the call.
    void record(int i, StoredRecord record);
  }

  /// What could not be read: nothing if `first` is 0.
  ///
  /// @param passes whether it may be read later: the process lacks what it takes
  public record Damage(long first, long last, boolean passes) {
    public static final Damage NONE = new Damage(0, 0, false);

    public boolean isNone() {
      return first == 0;
    }
  }

  /// Hands those of the first `count` of `seqs`, ascending, that live to `visitor`, in their order;
  /// returns the first stretch that cannot be read and was left out.
  public Damage read(Topic topic, long[] seqs, int count, Visitor visitor) {
    Lookup lookup = new Lookup(topic, seqs, count, visitor);
    while (true) {
      View view = topic.view();
      try {
        lookup.run(view);
        return lookup.damage;
      } catch (MovedRecordsException moved) {
        if (topic.isDropped()) {
          return lookup.damage;
        }
        moved.throwUnlessNewer(view, topic.view());
      } finally {
        blocks.packed().leave();
      }
    }
  }

  /// One lookup under way.
  private final class Lookup {
    private final Topic topic;
    private final long[] seqs;
    private final int count;
    private final Visitor visitor;
    private Damage damage = Damage.NONE;
    private int i;

    Lookup(Topic topic, long[] seqs, int count, Visitor visitor) {
      this.topic = topic;
      this.seqs = seqs;
      this.count = count;
      this.visitor = visitor;
    }

    /// Goes on in `view`, perhaps where an older one ended.
    void run(View view) {
      long earliest = Retention.expiry(topic, view, topics.clock().millis(), sizes).earliest();
      while (i < count) {
        long seq = seqs[i];
        if (seq < earliest || seq > view.head() || view.nextLive(seq) != seq) {
          i++;
          continue;
        }
        try {
          visit(view, seq);
        } catch (DamagedRecordsException damaged) {
          long last = Math.min(damaged.lastSeq(), view.head());
          damage = damage.isNone() ? new Damage(seq, last, damaged.passes()) : damage;
          while (i < count && seqs[i] <= last) {
            i++;
          }
        }
      }
    }

    /// Hands over what is in the same stretch of stored records as `seq`.
    private void visit(View view, long seq) throws DamagedRecordsException {
      AppendIndex.Snapshot index = view.index();
      long entry = index.floor(seq);
      int wanted = (int) Math.min(seqs[count - 1] - seq + 1, BlockReader.RECORDS_MAX);
      AppendBlock block = blocks.read(topic.id(), index, entry, seq, wanted, STRETCH_BYTES);
      for (; i < count && seqs[i] <= block.lastSeq(); i++) {
        if (view.nextLive(seqs[i]) == seqs[i]) {
          record.wrap(block, (int) (seqs[i] - block.firstSeq()));
          visitor.record(i, record);
        }
      }
    }
  }
}
