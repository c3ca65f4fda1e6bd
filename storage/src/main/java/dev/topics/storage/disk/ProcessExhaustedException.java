package dev.topics.storage.disk;

/// The process, or the whole system, has no descriptor or memory left for a file operation: that
/// says nothing of the file, and passes.
public final class ProcessExhaustedException extends DiskException {
  private static final long serialVersionUID = 1;

  public ProcessExhaustedException(String message) {
    super(message);
  }
}
