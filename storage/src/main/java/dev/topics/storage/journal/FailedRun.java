package dev.topics.storage.journal;

import java.io.IOException;

/// Hears, before anything is changed, that a sync failed in the run before: frames that were not
/// durable may be gone although the operating system still runs.
@FunctionalInterface
public interface FailedRun {
  /// Must be on stable storage when this returns: what told of it may be gone afterwards.
  void noted() throws IOException;
}
