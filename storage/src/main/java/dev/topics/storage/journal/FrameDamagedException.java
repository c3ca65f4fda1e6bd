package dev.topics.storage.journal;

import java.io.IOException;

/// Stored bytes of a frame failed their check while being read.
public final class FrameDamagedException extends IOException {
  private static final long serialVersionUID = 1;

  private final long position;
  private final String file;
  private final long offset;
  private final long lengthBytes;

  FrameDamagedException(long position, String file, long offset, long lengthBytes, String what) {
    super(
        "%s: damaged frame at offset %d, %d bytes: %s".formatted(file, offset, lengthBytes, what));
    this.position = position;
    this.file = file;
    this.offset = offset;
    this.lengthBytes = lengthBytes;
  }

  /// The position that was asked for.
  public long position() {
    return position;
  }

  public String file() {
    return file;
  }

  public long offset() {
    return offset;
  }

  /// Header and payload; only the header's size if the header itself is damaged.
  public long lengthBytes() {
    return lengthBytes;
  }
}
