package dev.topics.storage.pack;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// One pack cannot be moved to the cold directory: it cannot be read, or a copy of it is not known
/// to be good. That says nothing of other packs.
public final class ImmovablePackException extends IOException {
  private static final long serialVersionUID = 1;

  private final long pack;

  ImmovablePackException(long pack, String what, @Nullable Throwable cause) {
    super("pack %d: %s".formatted(pack, what), cause);
    this.pack = pack;
  }

  public long pack() {
    return pack;
  }
}
