package dev.topics.storage.disk;

/// A file operation failed for any reason but a full disk or an exhausted process.
public final class DiskFailedException extends DiskException {
  private static final long serialVersionUID = 1;

  public DiskFailedException(String message) {
    super(message);
  }
}
