package dev.topics.storage.pack;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Nothing of a pack can be read: it is missing, of another store, of an unknown version, or cut.
public final class UnusablePackException extends IOException {
  private static final long serialVersionUID = 1;

  UnusablePackException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
