package dev.topics.storage.journal;

/// Where the log ends: the first place that does not hold the next frame.
///
/// @param fileIndex the last file that belongs to the log
/// @param offset behind its last frame
/// @param lastLsn of the last frame
/// @param lastCrc of the last frame
/// @param found what is there instead of the next frame
/// @param foundFileIndex where that is: the same place, or the beginning of the next file
/// @param foundOffset in that file
record LogEnd(
    int fileIndex,
    long offset,
    long lastLsn,
    int lastCrc,
    Verdict found,
    int foundFileIndex,
    long foundOffset) {}
