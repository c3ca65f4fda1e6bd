package dev.topics.server.http;

import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Header fields as bytes of their request, up to the end of the head; a value becomes a string
/// when somebody asks for it.
///
/// `Content-Length` is not among them, but where its digits are: other fields of the same bytes but
/// for these digits are the same fields.
final class PlainFields implements Headers {
  private final byte[] block;
  private final int[] bounds;
  private final int lengthStart;
  private final int lengthEnd;

  /// @param bounds start and end of the name, start and end of the value, for each field
  /// @param lengthStart where the digits of Content-Length begin; without it the end of `block`
  PlainFields(byte[] block, int[] bounds, int lengthStart, int lengthEnd) {
    this.block = block;
    this.bounds = bounds;
    this.lengthStart = lengthStart;
    this.lengthEnd = lengthEnd;
  }

  @Override
  public @Nullable String get(AsciiString name) {
    for (int i = 0; i < bounds.length; i += 4) {
      if (bounds[i + 1] - bounds[i] == name.length() && isNamed(name, bounds[i])) {
        int start = bounds[i + 2];
        return new String(block, start, bounds[i + 3] - start, StandardCharsets.ISO_8859_1);
      }
    }
    return null;
  }

  private boolean isNamed(AsciiString name, int start) {
    for (int i = 0; i < name.length(); i++) {
      byte b = block[start + i];
      byte lower = b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b;
      if (lower != name.byteAt(i)) {
        return false;
      }
    }
    return true;
  }

  /// Where these fields end if they are what begins at `from`, but for the digits of
  /// Content-Length; 0 if they are not, or not whole.
  int endIn(byte[] in, int from, int end) {
    int length = block.length;
    int same = Arrays.mismatch(in, from, Math.min(end, from + length), block, 0, length);
    if (same < 0) {
      return from + length;
    }
    return same < lengthStart ? 0 : endBehindDigits(in, from, end);
  }

  private int endBehindDigits(byte[] in, int from, int end) {
    int digits = from + lengthStart;
    int atMost = Math.min(end, digits + ContentLength.DIGITS_MAX);
    int at = digits;
    while (at < atMost && in[at] >= '0' && in[at] <= '9') {
      at++;
    }
    int restEnd = at + block.length - lengthEnd;
    boolean same =
        at > digits
            && restEnd <= end
            && Arrays.equals(in, at, restEnd, block, lengthEnd, block.length);
    return same ? restEnd : 0;
  }

  /// The length of the body that these fields tell in `in[from, end)`, where [#endIn] found them.
  long bodyBytes(byte[] in, int from, int end) {
    int digitsEnd = end - (block.length - lengthEnd);
    return lengthStart == lengthEnd ? 0 : PlainHead.digits(in, from + lengthStart, digitsEnd);
  }
}
