package dev.topics.storage.journal;

/// Where a frame is: `file sequence << 32 | offset`.
final class JournalPosition {
  private JournalPosition() {}

  static long of(long fileSequence, long offset) {
    assert fileSequence >= 0 && fileSequence <= Integer.MAX_VALUE : fileSequence;
    assert offset >= 0 && offset <= Integer.MAX_VALUE : offset;
    return fileSequence << 32 | offset;
  }

  static long fileSequence(long position) {
    return position >>> 32;
  }

  static long offset(long position) {
    return position & 0xffff_ffffL;
  }
}
