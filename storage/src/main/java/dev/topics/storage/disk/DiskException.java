package dev.topics.storage.disk;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The operating system refused a file operation.
public abstract sealed class DiskException extends IOException
    permits DiskFullException, DiskFailedException, ProcessExhaustedException {
  private static final long serialVersionUID = 1;

  DiskException(String message) {
    super(message);
  }

  /// The failed operation that led to `failure`; null if there is none among its causes.
  public static @Nullable DiskException causeOf(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof DiskException operation) {
        return operation;
      }
    }
    return null;
  }
}
