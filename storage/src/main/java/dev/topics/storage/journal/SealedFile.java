package dev.topics.storage.journal;

/// A file of the journal that is full and durable: the log went on behind it.
///
/// @param firstLsn of the first frame; one more than `lastLsn` if the file holds none, and 0 if the
///   first frame is damaged
/// @param lastLsn of the last frame; 0 if the first frame of the next file is damaged
/// @param bytes size of the file
public record SealedFile(long sequence, long firstLsn, long lastLsn, long bytes) {}
