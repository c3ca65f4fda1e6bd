package dev.topics.storage.sim;

/// A failure of the first operation from `operation` on to which its kind applies, or of all.
///
/// @param operation counted from 0 over all operations of the disk
public record Fault(long operation, Kind kind, boolean always) {
  /// How an operation fails.
  public enum Kind {
    EIO,
    ENOSPC,
    /// A write that writes less than asked, and says so.
    SHORT_WRITE
  }
}
