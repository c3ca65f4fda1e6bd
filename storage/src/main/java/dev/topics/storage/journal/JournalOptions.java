package dev.topics.storage.journal;

import java.util.function.LongSupplier;

/// How a journal is laid out and when it syncs by itself.
///
/// @param fileBytes size of a file; a larger frame gets a larger file
/// @param spares files that stand ready beside the one being written
/// @param reserveBytes end of the last file that only [Urgency#RECLAIM] may use
/// @param syncEveryNanos frames that nobody waits for are synced this long after the last sync
/// @param syncEveryBytes or when this much is not synced
/// @param nanoClock monotonic time in nanoseconds
public record JournalOptions(
    int fileBytes,
    int spares,
    int reserveBytes,
    long syncEveryNanos,
    long syncEveryBytes,
    LongSupplier nanoClock) {
  public static final int FILE_BYTES_MIN = 8 << 10;
  public static final int FILE_BYTES_MAX = 1 << 30;

  public JournalOptions {
    if (fileBytes < FILE_BYTES_MIN || fileBytes > FILE_BYTES_MAX || fileBytes % 4096 != 0) {
      throw new IllegalArgumentException(
          "fileBytes must be a multiple of 4096 from %d to %d, got %d"
              .formatted(FILE_BYTES_MIN, FILE_BYTES_MAX, fileBytes));
    }
    if (spares < 1) {
      throw new IllegalArgumentException("spares must be at least 1, got " + spares);
    }
    if (reserveBytes < 0 || reserveBytes > fileBytes / 2) {
      throw new IllegalArgumentException(
          "reserveBytes must be from 0 to half of fileBytes, got " + reserveBytes);
    }
    if (syncEveryNanos < 0 || syncEveryBytes < 0) {
      throw new IllegalArgumentException("sync intervals must not be negative");
    }
  }

  /// Files of 64 MiB with one spare, synced every 50 ms or 4 MiB, on the system's clock.
  public static JournalOptions defaults() {
    return new JournalOptions(64 << 20, 1, 4 << 20, 50_000_000L, 4 << 20, System::nanoTime);
  }

  /// The reserve shrinks or grows with the files.
  public JournalOptions withFileBytes(int bytes) {
    return new JournalOptions(bytes, spares, bytes / 16, syncEveryNanos, syncEveryBytes, nanoClock);
  }

  public JournalOptions withNanoClock(LongSupplier clock) {
    return new JournalOptions(
        fileBytes, spares, reserveBytes, syncEveryNanos, syncEveryBytes, clock);
  }
}
