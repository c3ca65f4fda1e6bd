package dev.topics.storage.pack;

/// A reader that must not wait for the disk would have to. Without a stack trace, as it is no
/// failure: the caller reads again when the records are in memory.
public final class NotInMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1;

  NotInMemoryException() {
    super("the records have to be read from the disk", null, false, false);
  }
}
