package dev.topics.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;

/// Refuses lines of a head that Netty's decoder reads in a way of its own: parts of the request
/// line that are not separated by exactly one space, blanks before it, and fields that go on in the
/// next line. Two servers that read these differently can be made to disagree about where a request
/// ends.
///
/// **Threading** one per connection.
final class HeadLines {
  /// The first byte of what a client of TLS sends.
  private static final byte TLS_HANDSHAKE = 22;

  private static final byte[] PROTOCOL = "HTTP/".getBytes(StandardCharsets.US_ASCII);

  private boolean requestLineSeen;

  /// Begins with another head.
  void begin() {
    requestLineSeen = false;
  }

  /// Looks at the lines of a head that are complete in `in`, which stays as it is.
  ///
  /// @throws Rejected for a line that is refused
  void check(ByteBuf in) {
    int at = in.readerIndex();
    int end = in.writerIndex();
    if (!requestLineSeen && at < end && in.getByte(at) == TLS_HANDSHAKE) {
      throw refused("this is TLS, which this port does not speak; use http://");
    }
    while (at < end) {
      int lineEnd = ByteBufUtil.indexOf(in, at, end, (byte) '\n');
      boolean blank = in.getByte(at) == ' ' || in.getByte(at) == '\t';
      if (blank) {
        throw refused(
            requestLineSeen
                ? "a header field goes on in the next line"
                : "the request line begins with a blank");
      }
      if (lineEnd < 0) {
        return;
      }
      boolean empty = lineEnd == at || (lineEnd == at + 1 && in.getByte(at) == '\r');
      if (empty && requestLineSeen) {
        return;
      }
      if (!empty && !requestLineSeen) {
        checkRequestLine(in, at, lineEnd);
        requestLineSeen = true;
      }
      at = lineEnd + 1;
    }
  }

  private static void checkRequestLine(ByteBuf in, int start, int end) {
    int spaces = 0;
    int version = start;
    for (int i = start; i < end; i++) {
      byte b = in.getByte(i);
      if (b == ' ') {
        spaces++;
        version = i + 1;
      } else if (b < 0) {
        throw refused("the request line has a character that must be percent-encoded");
      } else if (b < ' ' && !(b == '\r' && i == end - 1)) {
        throw refused("the request line has a control character");
      }
    }
    boolean named = end - version > PROTOCOL.length;
    for (int i = 0; named && i < PROTOCOL.length; i++) {
      named = in.getByte(version + i) == PROTOCOL[i];
    }
    if (spaces != 2 || !named) {
      throw refused(
          "the request line is METHOD, TARGET and VERSION with one space between them, as"
              + " in GET /v0/topics HTTP/1.1");
    }
  }

  private static Rejected refused(String what) {
    return Problem.invalid("this is not a well-formed HTTP/1.1 request: " + what).rejected();
  }
}
