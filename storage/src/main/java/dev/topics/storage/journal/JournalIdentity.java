package dev.topics.storage.journal;

import java.util.UUID;

/// What a journal must know from the superblock to be opened.
///
/// @param salt secret of the store, part of every file tag
/// @param bootEpoch of this run
/// @param durableLsn frames up to here were durable when the superblock was written
/// @param clean whether the run before closed the store
/// @param started whether any run before finished opening the store, so that files must be there
/// @param firstSequence the oldest file
/// @param startLsn lsn before the first frame of the oldest file
/// @param startCrc what that frame has as previous crc
public record JournalIdentity(
    UUID storeId,
    long salt,
    int bootEpoch,
    long durableLsn,
    boolean clean,
    boolean started,
    long firstSequence,
    long startLsn,
    int startCrc) {}
