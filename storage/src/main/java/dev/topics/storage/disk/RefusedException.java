package dev.topics.storage.disk;

import java.io.IOException;

/// A directory holds something that this program must not touch: a store of another version, or
/// files without a readable superblock.
public final class RefusedException extends IOException {
  private static final long serialVersionUID = 1;

  public RefusedException(String message) {
    super(message);
  }
}
