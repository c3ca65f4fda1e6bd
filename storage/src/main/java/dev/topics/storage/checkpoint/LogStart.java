package dev.topics.storage.checkpoint;

/// A place in the log behind a frame, from which recovery can start.
///
/// @param lsn of that frame, 0 at the very beginning
/// @param crc of that frame, which the next one has as previous crc
/// @param sequence of the journal file where the next frame is or will be
/// @param offset in that file
public record LogStart(long lsn, int crc, long sequence, int offset) {
  public LogStart {
    if (lsn < 0 || sequence < 1 || offset < 0) {
      throw new IllegalArgumentException(lsn + ", " + sequence + ", " + offset);
    }
  }
}
