package dev.topics.server.http;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/// Bytes being put together on the heap: ASCII, decimal numbers, JSON strings.
///
/// One per event loop, reused from answer to answer.
public final class ByteOutput extends OutputStream {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
  private static final int KEEP_BYTES_MAX = 1 << 16;

  private byte[] bytes = new byte[1024];
  private int length;

  /// Empties it.
  public ByteOutput clear() {
    length = 0;
    if (bytes.length > KEEP_BYTES_MAX) {
      bytes = new byte[1024];
    }
    return this;
  }

  public int length() {
    return length;
  }

  /// Appends ASCII bytes.
  public ByteOutput ascii(byte[] text) {
    reserve(text.length);
    System.arraycopy(text, 0, bytes, length, text.length);
    length += text.length;
    return this;
  }

  /// Appends ASCII characters.
  @SuppressWarnings("deprecation") // the one conversion that copies the low bytes of a string
  public ByteOutput ascii(String text) {
    int size = text.length();
    reserve(size);
    text.getBytes(0, size, bytes, length);
    length += size;
    return this;
  }

  /// Appends characters as UTF-8.
  public ByteOutput utf8(String text) {
    return ascii(text.getBytes(StandardCharsets.UTF_8));
  }

  /// Appends `value` in decimal.
  public ByteOutput number(long value) {
    if (value < 0) {
      return ascii(Long.toString(value));
    }
    int digits = digits(value);
    reserve(digits);
    int at = length + digits;
    length = at;
    long rest = value;
    do {
      bytes[--at] = (byte) ('0' + rest % 10);
      rest /= 10;
    } while (rest != 0);
    return this;
  }

  /// Appends a duration as milliseconds with three decimals.
  public ByteOutput millis(long nanos) {
    long micros = Math.max(0, nanos) / 1000;
    number(micros / 1000);
    long fraction = micros % 1000;
    reserve(4);
    bytes[length++] = '.';
    bytes[length++] = (byte) ('0' + fraction / 100);
    bytes[length++] = (byte) ('0' + fraction / 10 % 10);
    bytes[length++] = (byte) ('0' + fraction % 10);
    return this;
  }

  /// Appends `text` as a JSON string with its quotes.
  public ByteOutput string(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    reserve(2 + 6 * utf8.length);
    bytes[length++] = '"';
    for (byte b : utf8) {
      if (b == '"' || b == '\\') {
        bytes[length++] = '\\';
        bytes[length++] = b;
      } else if (b >= 0 && b < ' ') {
        escape(b);
      } else {
        bytes[length++] = b;
      }
    }
    bytes[length++] = '"';
    return this;
  }

  /// Appends what `source` holds as base64 with the alphabet for addresses, without padding.
  public ByteOutput base64Url(ByteOutput source) {
    return ascii(BASE64.encode(Arrays.copyOf(source.bytes, source.length)));
  }

  private void escape(byte b) {
    bytes[length++] = '\\';
    bytes[length++] = 'u';
    bytes[length++] = '0';
    bytes[length++] = '0';
    bytes[length++] = HEX[b >> 4];
    bytes[length++] = HEX[b & 15];
  }

  @Override
  public void write(int b) {
    reserve(1);
    bytes[length++] = (byte) b;
  }

  @Override
  public void write(byte[] source, int offset, int count) {
    reserve(count);
    System.arraycopy(source, offset, bytes, length, count);
    length += count;
  }

  /// Appends `count` bytes of `source` from `offset` on.
  public void write(MemorySegment source, long offset, int count) {
    reserve(count);
    MemorySegment.copy(source, ValueLayout.JAVA_BYTE, offset, bytes, length, count);
    length += count;
  }

  /// Appends `count` bytes of `source` from `offset` on.
  void write(ByteBuf source, int offset, int count) {
    reserve(count);
    source.getBytes(offset, bytes, length, count);
    length += count;
  }

  /// Appends everything to `target`.
  public void copyTo(ByteBuf target) {
    target.writeBytes(bytes, 0, length);
  }

  /// Puts everything into `target` from `offset` on.
  public void copyTo(MemorySegment target, long offset) {
    MemorySegment.copy(bytes, 0, target, ValueLayout.JAVA_BYTE, offset, length);
  }

  /// Appends everything to `target`.
  void writeTo(OutputStream target) throws IOException {
    target.write(bytes, 0, length);
  }

  static int digits(long value) {
    int digits = 1;
    for (long rest = value; rest >= 10; rest /= 10) {
      digits++;
    }
    return digits;
  }

  private void reserve(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length * 2));
    }
  }
}
