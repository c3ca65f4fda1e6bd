package dev.topics.server.api;

import dev.topics.engine.model.LossReason;
import org.jspecify.annotations.Nullable;

/// Hears of every answer that gives records to a reader, or tells of a loss.
///
/// **Threading** called from every event loop.
@FunctionalInterface
public interface DeliveryListener {
  /// An answer with `records` records.
  ///
  /// @param tombstone why records were lost, if the answer tells of a loss
  void delivered(int records, @Nullable LossReason tombstone);
}
