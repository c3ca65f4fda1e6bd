package dev.topics.engine.queue;

import dev.topics.engine.model.LeasesResult;
import dev.topics.engine.model.LeasesResult.Lease;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/// Lists the jobs of a queue that are more than ready for the first time, out of a picture of them.
final class LeaseListing {
  private LeaseListing() {}

  /// Those from `first` to `last`, inclusive, ascending, up to `limit`: one pass over all that
  /// keeps the lowest seqs seen so far.
  static LeasesResult.Page page(JobImage image, long first, long last, int limit) {
    JobSlots slots = image.slots();
    PriorityQueue<Integer> lowest =
        new PriorityQueue<>(Comparator.comparingLong(slots::seq).reversed());
    boolean more = false;
    for (int slot = 0; slot < slots.endSlot(); slot++) {
      long seq = slots.isUsed(slot) ? slots.seq(slot) : 0;
      if (seq < first || seq > last) {
        continue;
      }
      if (lowest.size() < limit) {
        lowest.add(slot);
        continue;
      }
      more = true;
      if (seq < slots.seq(lowest.element())) {
        lowest.remove();
        lowest.add(slot);
      }
    }
    List<Integer> ascending = new ArrayList<>(lowest);
    ascending.sort(Comparator.comparingLong(slots::seq));
    return new LeasesResult.Page(ascending.stream().map(slot -> lease(image, slot)).toList(), more);
  }

  private static Lease lease(JobImage image, int slot) {
    JobSlots slots = image.slots();
    byte[] error = slots.error(slot);
    return new Lease(
        slots.seq(slot),
        state(slots.phase(slot)),
        image.node(slot),
        slots.token(slot),
        until(image, slot),
        slots.deliveries(slot),
        error == null ? null : new String(error, StandardCharsets.UTF_8),
        slots.orderKey(slot));
  }

  private static long until(JobImage image, int slot) {
    return switch (image.slots().phase(slot)) {
      case JobSlots.LEASED -> image.wallMillis(slot) - 1;
      case JobSlots.DELAYED, JobSlots.STUCK -> image.wallMillis(slot);
      default -> 0;
    };
  }

  private static LeasesResult.State state(byte phase) {
    return switch (phase) {
      case JobSlots.LEASED -> LeasesResult.State.LEASED;
      case JobSlots.DELAYED -> LeasesResult.State.DELAYED;
      case JobSlots.READY -> LeasesResult.State.READY;
      case JobSlots.BLOCKED -> LeasesResult.State.BLOCKED;
      case JobSlots.STUCK -> LeasesResult.State.STUCK;
      default -> throw new IllegalStateException("a job in no state");
    };
  }
}
