package dev.topics.bench.load;

import dev.topics.bench.remote.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Finds the answers in a stream of bytes: reads status and length, steps over the bodies.
///
/// Only two bodies are looked at: that of the first answer, which shows whether the server does
/// what the scenario asks for, and that of the first refusal.
final class AnswerReader {
  private static final int HEAD_BYTES_MAX = 16 * 1024;

  /// How much is taken for a head at first: more than a usual head, and little to copy in vain when
  /// most of it is body.
  private static final int HEAD_BYTES_USUAL = 512;

  private static final String LENGTH_NAME = "content-length:";
  private static final int STATUS_OFFSET = "HTTP/1.1 ".length();

  private final byte[] head = new byte[HEAD_BYTES_MAX];
  private int headBytes;
  private boolean inBody;
  private long bodyLeft;
  private boolean refused;
  private @Nullable ByteArrayOutputStream kept;
  private @Nullable Bytes firstAnswer;
  private @Nullable Bytes firstRefusal;
  private long answers;
  private long refusals;
  private long bytes;

  /// Takes all of `in`; returns how many answers ended in it.
  int read(ByteBuffer in) {
    long before = answers;
    bytes += in.remaining();
    while (in.hasRemaining()) {
      if (inBody) {
        readBody(in);
      } else {
        readHead(in);
      }
    }
    return (int) (answers - before);
  }

  /// Bytes taken so far.
  long bytes() {
    return bytes;
  }

  /// Whether there was an answer, whatever it said.
  boolean any() {
    return firstAnswer != null || refusals > 0;
  }

  /// Answers so far with a status other than 2xx.
  long refusals() {
    return refusals;
  }

  @Nullable Bytes firstAnswer() {
    return firstAnswer;
  }

  @Nullable Bytes firstRefusal() {
    return firstRefusal;
  }

  private void readHead(ByteBuffer in) {
    int taken = Math.min(Math.min(in.remaining(), HEAD_BYTES_USUAL), HEAD_BYTES_MAX - headBytes);
    if (taken == 0) {
      throw new IllegalStateException("an answer head of more than " + HEAD_BYTES_MAX + " bytes");
    }
    in.get(in.position(), head, headBytes, taken);
    int end = endOfHead(Math.max(0, headBytes - 3), headBytes + taken);
    if (end < 0) {
      in.position(in.position() + taken);
      headBytes += taken;
      return;
    }
    in.position(in.position() + end - headBytes);
    headBytes = 0;
    startBody(end);
    if (bodyLeft == 0) {
      endAnswer();
    }
  }

  private void startBody(int headEnd) {
    refused = head[STATUS_OFFSET] != '2';
    if (firstAnswer == null || (refused && firstRefusal == null)) {
      kept = new ByteArrayOutputStream();
    }
    bodyLeft = contentLength(headEnd);
    inBody = true;
  }

  private void readBody(ByteBuffer in) {
    int taken = (int) Math.min(in.remaining(), bodyLeft);
    if (kept != null) {
      byte[] copy = new byte[taken];
      in.get(in.position(), copy);
      kept.writeBytes(copy);
    }
    in.position(in.position() + taken);
    bodyLeft -= taken;
    if (bodyLeft == 0) {
      endAnswer();
    }
  }

  private void endAnswer() {
    inBody = false;
    answers++;
    if (refused) {
      refusals++;
    }
    if (kept != null) {
      Bytes body = Bytes.of(kept.toByteArray());
      kept = null;
      firstAnswer = firstAnswer == null ? body : firstAnswer;
      firstRefusal = refused && firstRefusal == null ? body : firstRefusal;
    }
  }

  /// The index behind the empty line that ends the head, looked for in `[from, to)`; -1: not yet.
  private int endOfHead(int from, int to) {
    for (int i = from + 3; i < to; i++) {
      if (head[i] == '\n' && head[i - 1] == '\r' && head[i - 2] == '\n' && head[i - 3] == '\r') {
        return i + 1;
      }
    }
    return -1;
  }

  private long contentLength(int headEnd) {
    for (int lineStart = 0; lineStart < headEnd; lineStart = nextLine(lineStart, headEnd)) {
      if (isLengthLine(lineStart, headEnd)) {
        return digitsFrom(lineStart + LENGTH_NAME.length());
      }
    }
    throw new IllegalStateException(
        "an answer without Content-Length: " + Bytes.range(head, 0, headEnd).toString().strip());
  }

  private int nextLine(int from, int to) {
    int at = from;
    while (at < to && head[at] != '\n') {
      at++;
    }
    return at + 1;
  }

  private boolean isLengthLine(int lineStart, int headEnd) {
    if (headEnd - lineStart < LENGTH_NAME.length()) {
      return false;
    }
    for (int i = 0; i < LENGTH_NAME.length(); i++) {
      // Lower case; the only other character this maps onto is one no header name has.
      if ((head[lineStart + i] | 0x20) != LENGTH_NAME.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private long digitsFrom(int from) {
    int at = from;
    while (head[at] == ' ') {
      at++;
    }
    long value = 0;
    while (head[at] >= '0' && head[at] <= '9') {
      value = value * 10 + head[at++] - '0';
    }
    return value;
  }
}
