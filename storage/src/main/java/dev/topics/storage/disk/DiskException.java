package dev.topics.storage.disk;

import java.io.IOException;

/// The operating system refused a file operation.
public abstract sealed class DiskException extends IOException
    permits DiskFullException, DiskFailedException {
  private static final long serialVersionUID = 1;

  DiskException(String message) {
    super(message);
  }
}
