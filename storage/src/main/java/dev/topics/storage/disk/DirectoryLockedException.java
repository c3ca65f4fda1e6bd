package dev.topics.storage.disk;

import java.io.IOException;

/// Another process (or another store in this one) holds the lock of the directory.
public final class DirectoryLockedException extends IOException {
  private static final long serialVersionUID = 1;

  public DirectoryLockedException(String message) {
    super(message);
  }
}
