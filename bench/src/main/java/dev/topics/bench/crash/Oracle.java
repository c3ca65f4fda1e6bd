package dev.topics.bench.crash;

import dev.topics.bench.remote.DiffPage;
import dev.topics.bench.remote.TopicState;
import dev.topics.bench.remote.WriteAck;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// The judge of a crash run: everything the server answers passes through here, and whatever
/// contradicts an earlier answer is a violation.
///
/// Topics that survive a kill (every class but `ephemeral`) must keep each record that was
/// acknowledged or shown: once, in place, byte for byte, with no gap and no tombstone. Ephemeral
/// topics lose their records at a restart and must say so: a tombstone for exactly the seqs up to
/// the head they came back with. A power cut may take the last records of every class but `fsync`,
/// none that an earlier start had found, and they are told in the same way. No seq is ever given
/// twice, and no head goes back.
///
/// Thread-safe. A caller asks for [#head] before it sends a request and hands it in with the
/// answer: what was known before the request was sent must show in the answer, whichever thread
/// knew it.
final class Oracle {
  private static final int VIOLATIONS_KEPT = 20;
  private static final int TEXT_MAX = 400;

  private final Map<String, TopicLedger> ledgers = new ConcurrentHashMap<>();
  private final List<String> violations = new ArrayList<>();
  private final AtomicLong ackedRecords = new AtomicLong();
  private final AtomicLong dedupedWrites = new AtomicLong();

  /// Makes a topic known before anything is sent to it.
  void topic(CrashTopic topic) {
    TopicLedger ledger =
        new TopicLedger(topic, violation -> violation(topic.name() + ": " + violation));
    ledgers.put(topic.name(), ledger);
  }

  /// The highest head of the topic in any answer so far.
  long head(String topic) {
    return ledger(topic).head();
  }

  /// A write was answered; `repeated` says that it had been sent before.
  void acked(Batch batch, WriteAck ack, long headBefore, boolean repeated) {
    ledger(batch.topic()).acked(batch, ack, headBefore, repeated);
    if (ack.deduped()) {
      dedupedWrites.incrementAndGet();
    } else {
      ackedRecords.addAndGet(batch.records().size());
    }
  }

  /// A page was read while writers were at work.
  void shown(String topic, long fromSeq, DiffPage page, long headBefore) {
    ledger(topic).shown(fromSeq, page, headBefore);
  }

  /// The first state of a topic after a restart, before anything is written to it.
  void restarted(String topic, TopicState state, boolean powerCut) {
    ledger(topic).restarted(state, powerCut);
  }

  /// After a restart there is no such topic.
  void absentAfterRestart(String topic) {
    ledger(topic).absentAfterRestart();
  }

  /// Begins to judge the whole topic; nobody writes meanwhile and every write has been answered.
  TopicAudit audit(String topic) {
    return new TopicAudit(ledger(topic));
  }

  void violation(String text) {
    synchronized (violations) {
      if (violations.size() < VIOLATIONS_KEPT) {
        violations.add(text.length() > TEXT_MAX ? text.substring(0, TEXT_MAX) + "…" : text);
      }
    }
  }

  /// What went wrong so far, the first few; empty is what everybody wants.
  List<String> violations() {
    synchronized (violations) {
      return List.copyOf(violations);
    }
  }

  long ackedRecords() {
    return ackedRecords.get();
  }

  /// Writes that were answered with the seqs of an earlier sending.
  long dedupedWrites() {
    return dedupedWrites.get();
  }

  private TopicLedger ledger(String topic) {
    TopicLedger ledger = ledgers.get(topic);
    if (ledger == null) {
      throw new IllegalArgumentException("unknown topic " + topic);
    }
    return ledger;
  }
}
