package dev.topics.storage.pack;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Some records of a pack cannot be served: their bytes, or what leads to them, are damaged,
/// missing or unreadable. All other records of the pack are not touched by it.
public final class PackDamagedException extends IOException {
  private static final long serialVersionUID = 1;

  private final long pack;
  private final long owner;
  private final long firstSeq;
  private final long lastSeq;

  PackDamagedException(
      long pack, long owner, long firstSeq, long lastSeq, String what, @Nullable Throwable cause) {
    super(
        "pack %d, owner %d, seqs %d to %d: %s".formatted(pack, owner, firstSeq, lastSeq, what),
        cause);
    this.pack = pack;
    this.owner = owner;
    this.firstSeq = firstSeq;
    this.lastSeq = lastSeq;
  }

  public long pack() {
    return pack;
  }

  public long owner() {
    return owner;
  }

  /// The first record that cannot be served.
  public long firstSeq() {
    return firstSeq;
  }

  /// The last record that cannot be served.
  public long lastSeq() {
    return lastSeq;
  }
}
