package dev.topics.storage;

import dev.topics.storage.journal.Frame;
import dev.topics.storage.journal.JournalListener;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Judges what recovery hands out: acked ⊆ recovered ⊆ committed, in order, each frame unchanged.
///
/// Acks are recorded here and nowhere else.
final class StorageOracle implements JournalListener {
  private final List<byte[]> committed = new ArrayList<>();
  private long durableLsn;
  private boolean failed;
  private boolean syncsMayFail;
  private int bootEpoch;

  /// A violation.
  static final class Violated extends AssertionError {
    private static final long serialVersionUID = 1;

    Violated(String message) {
      super(message);
    }
  }

  void committed(long lsn, byte[] payload) {
    committed.add(payload.clone());
    require(lsn == committed.size(), "lsn %d after %d frames", lsn, committed.size() - 1);
  }

  byte[] payload(long lsn) {
    return committed.get((int) lsn - 1);
  }

  long committedLsn() {
    return committed.size();
  }

  /// From now until the next recovery a frame that is not durable may vanish at any time.
  void syncsMayFail() {
    syncsMayFail = true;
  }

  @Override
  public void durable(long lsn) {
    require(!failed, "acked %d after a failure", lsn);
    require(lsn > durableLsn, "acked %d after %d", lsn, durableLsn);
    require(lsn <= committed.size(), "acked %d of %d", lsn, committed.size());
    durableLsn = lsn;
  }

  @Override
  public void failed(Throwable cause) {
    require(!failed, "failed twice");
    failed = true;
  }

  /// A store was opened and replayed these payloads.
  ///
  /// @param powerLost whether power was lost since the last time it was opened
  void recovered(Store store, List<byte[]> replayed, boolean powerLost) {
    recovered(store, 0, replayed, powerLost);
  }

  /// The same, with a replay that started behind the frame `startLsn`.
  void recovered(Store store, long startLsn, List<byte[]> replayed, boolean powerLost) {
    int start = (int) startLsn;
    int count = start + replayed.size();
    require(store.bootEpoch() > bootEpoch, "epoch %d again", store.bootEpoch());
    require(count >= durableLsn, "%d acked, %d recovered", durableLsn, count);
    require(count <= committed.size(), "%d committed, %d recovered", committed.size(), count);
    boolean keepsAll = !powerLost && !syncsMayFail;
    require(
        !keepsAll || count == committed.size(),
        "%d committed, %d left after a process crash",
        committed.size(),
        count);
    for (int i = start; i < count; i++) {
      boolean same = Arrays.equals(replayed.get(i - start), committed.get(i));
      require(same, "frame %d changed", i + 1);
    }
    long last = store.journal().lastLsn();
    require(last == count && store.journal().durableLsn() == count, "goes on at %d", last);
    committed.subList(count, committed.size()).clear();
    durableLsn = count;
    bootEpoch = store.bootEpoch();
    failed = false;
    syncsMayFail = false;
  }

  /// A frame was read while the store was open.
  void read(Frame frame, long lsn) {
    require(frame.lsn() == lsn, "read frame %d for %d", frame.lsn(), lsn);
    require(Arrays.equals(payload(frame), payload(lsn)), "frame %d read wrong", lsn);
  }

  static byte[] payload(Frame frame) {
    return frame
        .segment()
        .asSlice(frame.payloadOffset(), frame.payloadBytes())
        .toArray(ValueLayout.JAVA_BYTE);
  }

  @SuppressWarnings("AnnotateFormatMethod") // a dependency for tests only is not worth it
  static void require(boolean holds, String message, Object... arguments) {
    if (!holds) {
      throw new Violated(message.formatted(arguments));
    }
  }
}
