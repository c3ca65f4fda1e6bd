package dev.topics.storage.journal;

import java.io.Serializable;

/// A damaged range of the journal.
///
/// @param file where it begins
/// @param offset of the first frame that is not valid, in `file`; 0 for a file as a whole
/// @param firstLsn the first frame that is lost; 0 if unknown
/// @param lastLsn the last frame that is lost
/// @param topicId from the header of the first lost frame, if that is intact, else 0
/// @param what what was found instead
public record Damage(
    String file, long offset, long firstLsn, long lastLsn, long topicId, String what)
    implements Serializable {
  @Override
  public String toString() {
    return firstLsn == 0
        ? "%s is damaged: %s".formatted(file, what)
        : "%s is damaged at offset %d: %s; frames %d to %d are lost"
            .formatted(file, offset, what, firstLsn, lastLsn);
  }
}
