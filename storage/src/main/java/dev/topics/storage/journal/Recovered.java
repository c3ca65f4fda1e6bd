package dev.topics.storage.journal;

import java.util.List;

/// A journal as recovery leaves it.
///
/// @param files that hold frames; the last one is open for writing. Empty for a new journal
/// @param spares files without frames, open for writing
/// @param tailOffset where the next frame goes in the last file
/// @param lastLsn of the last frame; it and all before it are durable
/// @param lastCrc of the last frame
record Recovered(
    List<JournalFile> files,
    List<JournalFile> spares,
    long tailOffset,
    long lastLsn,
    int lastCrc,
    long nextSequence) {}
