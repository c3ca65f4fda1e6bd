package dev.topics.server.http;

import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Header fields as bytes of their request; a value becomes a string when somebody asks for it.
final class PlainFields implements Headers {
  private final byte[] head;
  private final int[] bounds;

  /// @param bounds start and end of the name, start and end of the value, for each field
  PlainFields(byte[] head, int[] bounds) {
    this.head = head;
    this.bounds = bounds;
  }

  @Override
  public @Nullable String get(AsciiString name) {
    for (int i = 0; i < bounds.length; i += 4) {
      if (bounds[i + 1] - bounds[i] == name.length() && isNamed(name, bounds[i])) {
        int start = bounds[i + 2];
        return new String(head, start, bounds[i + 3] - start, StandardCharsets.ISO_8859_1);
      }
    }
    return null;
  }

  private boolean isNamed(AsciiString name, int start) {
    for (int i = 0; i < name.length(); i++) {
      byte b = head[start + i];
      byte lower = b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b;
      if (lower != name.byteAt(i)) {
        return false;
      }
    }
    return true;
  }
}
