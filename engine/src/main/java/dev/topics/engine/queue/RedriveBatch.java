package dev.topics.engine.queue;

import dev.topics.engine.json.WriteBody;
import dev.topics.engine.record.StoredRecord;
import dev.topics.engine.topic.CapRoom;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Objects;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// Jobs of a dead letter on their way to one target.
///
/// **Threading** One thread at a time.
final class RedriveBatch {
  private final CopyBuffer copies = new CopyBuffer();
  private long[] seqs = new long[16];
  private int size;
  private @Nullable WriteBody all;

  void add(StoredRecord record, MetaEdit meta) {
    if (size == seqs.length) {
      seqs = Arrays.copyOf(seqs, size * 2);
    }
    seqs[size++] = record.seq();
    copies.add(record, meta.toBytes(), meta.jobFields());
  }

  int size() {
    return size;
  }

  long seq(int i) {
    return seqs[i];
  }

  /// The numbers of those whose seqs are so.
  BitSet where(LongPredicate so) {
    BitSet found = new BitSet(size);
    for (int i = 0; i < size; i++) {
      found.set(i, so.test(seqs[i]));
    }
    return found;
  }

  /// The seqs of some of them.
  long[] seqs(BitSet which) {
    return which.stream().mapToLong(i -> seqs[i]).toArray();
  }

  /// Puts together the write of all of them, to which no more are added: as that takes a while, not
  /// under the commit lock.
  void seal() {
    all = copies.toWrite();
  }

  private WriteBody sealed() {
    return Objects.requireNonNull(all);
  }

  /// The write that appends some of them.
  WriteBody write(BitSet which) {
    return which.cardinality() == size ? sealed() : copies.toWrite(which);
  }

  /// As many of `which` as there is `room` for, one after the other.
  BitSet fitting(BitSet which, CapRoom room) {
    BitSet fitting = new BitSet(size);
    CapRoom left = room;
    for (int i = which.nextSetBit(0); i >= 0; i = which.nextSetBit(i + 1)) {
      int bytes = sealed().payloadBytes(i);
      if (left.holds(1, bytes)) {
        left = left.without(1, bytes);
        fitting.set(i);
      }
    }
    return fitting;
  }

  /// Bytes of `data` and `meta` of some of them.
  long payloadBytes(BitSet which) {
    return which.stream().mapToLong(sealed()::payloadBytes).sum();
  }
}
