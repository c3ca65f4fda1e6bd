package dev.topics.storage.pack;

/// A reader that must not wait for the disk would have to. There is one, without a stack trace: it
/// says nothing about what was read.
public final class NotInMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1;

  static final NotInMemoryException INSTANCE = new NotInMemoryException();

  private NotInMemoryException() {
    super("the records have to be read from the disk", null, false, false);
  }
}
