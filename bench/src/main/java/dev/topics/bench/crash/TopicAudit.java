package dev.topics.bench.crash;

import dev.topics.bench.remote.DiffPage;
import dev.topics.bench.remote.ReadRecord;
import dev.topics.bench.remote.TopicState;
import org.jspecify.annotations.Nullable;

/// Judges one topic read from the beginning to the end while nobody writes, page after page.
final class TopicAudit {
  private final TopicLedger ledger;
  private final long headBefore;
  private long fromSeq;
  private boolean complete;
  private long lastTs;
  private long count;
  private long bytes;

  TopicAudit(TopicLedger ledger) {
    this.ledger = ledger;
    this.headBefore = ledger.head();
  }

  /// Where the next page must be read from.
  long fromSeq() {
    return fromSeq;
  }

  /// Whether the whole topic has been seen.
  boolean complete() {
    return complete;
  }

  /// Takes the page read from [#fromSeq].
  void page(DiffPage page) {
    if (page.headSeq() != headBefore) {
      ledger.violate("the head is %d at rest, and was %d".formatted(page.headSeq(), headBefore));
    }
    long last = ledger.checkGap(fromSeq, page);
    for (ReadRecord record : page.records()) {
      record(record, last);
      last = Math.max(last, record.seq());
    }
    if (page.nextFromSeq() != last) {
      ledger.violate(
          "a page ends with seq %d and goes on from %d".formatted(last, page.nextFromSeq()));
    }
    complete = page.caughtUp() || page.nextFromSeq() <= fromSeq;
    fromSeq = Math.max(fromSeq, page.nextFromSeq());
    if (complete) {
      missing(last + 1, Math.max(headBefore, page.headSeq()));
    }
  }

  private void record(ReadRecord record, long last) {
    if (record.seq() <= last) {
      ledger.violate("seq %d comes after seq %d".formatted(record.seq(), last));
    } else {
      missing(last + 1, record.seq() - 1);
    }
    if (record.ts() < lastTs) {
      ledger.violate(
          "seq %d has the time %d after %d".formatted(record.seq(), record.ts(), lastTs));
    }
    lastTs = record.ts();
    count++;
    bytes += (long) record.data().size() + record.meta().size();
    compare(record.seq(), SentRecord.contentOf(record));
  }

  private void compare(long seq, SentRecord actual) {
    @Nullable SentRecord expected = ledger.expectedAt(seq);
    if (actual.equals(expected)) {
      return;
    }
    long other = ledger.otherSeqOf(actual, seq);
    String where = other == 0 ? "nobody's" : "the record of seq " + other;
    if (expected == null) {
      ledger.violate("seq %d was never acknowledged, and is %s: %s".formatted(seq, where, actual));
    } else {
      ledger.violate("seq %d is %s: %s instead of %s".formatted(seq, where, actual, expected));
    }
  }

  private void missing(long firstSeq, long lastSeq) {
    if (firstSeq > lastSeq) {
      return;
    }
    int lost = ledger.expectedWithin(firstSeq, lastSeq);
    if (lost > 0) {
      ledger.violate("seqs %d to %d are lost, %d acknowledged".formatted(firstSeq, lastSeq, lost));
    } else {
      ledger.violate("seqs %d to %d are missing without a tombstone".formatted(firstSeq, lastSeq));
    }
  }

  /// The state of the topic, once it is [#complete].
  void finish(TopicState state) {
    if (state.headSeq() != headBefore || state.count() != count || state.bytes() != bytes) {
      ledger.violate("is %s, and %d records of %d bytes were read".formatted(state, count, bytes));
    }
    long shownOnly = ledger.shownOnly();
    if (shownOnly > 0) {
      ledger.violate("seq %d was shown to a reader, and no write got it".formatted(shownOnly));
    }
  }
}
