package dev.topics.storage.journal;

/// What a journal has done since it was opened.
///
/// @param frames committed
/// @param bytesWritten of frames
/// @param batches syncs that made frames durable
/// @param fsyncs calls to the disk for it, and for what is written down about it
/// @param rotations changes to another file
/// @param bytesPrepared of files made ready for frames: zeros and first pages
public record JournalStats(
    long frames,
    long bytesWritten,
    long batches,
    long fsyncs,
    long rotations,
    long bytesPrepared) {}
