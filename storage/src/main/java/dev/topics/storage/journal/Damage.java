package dev.topics.storage.journal;

import java.io.Serializable;

/// A damaged range of the journal.
///
/// @param file where it begins
/// @param offset of the first frame that is not valid, in `file`
/// @param firstLsn the first frame that is lost
/// @param lastLsn the last frame that is lost; durable frames up to here were in the range
/// @param topicId from the header of the first lost frame, if that is intact, else 0
/// @param what what was found instead
public record Damage(
    String file, long offset, long firstLsn, long lastLsn, long topicId, String what)
    implements Serializable {
  @Override
  public String toString() {
    return "%s: damaged at offset %d: %s; frames %d to %d are lost"
        .formatted(file, offset, what, firstLsn, lastLsn);
  }
}
