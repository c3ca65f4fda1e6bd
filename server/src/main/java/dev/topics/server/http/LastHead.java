package dev.topics.server.http;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The plain head that came last on a connection, and the reader of the next one.
///
/// Clients repeat themselves: a request line that is the same as the one before is recognised by
/// its bytes and not parsed, and so are header fields, apart from the line and from the digits of
/// Content-Length. What is recognised is what the parser would have said of the same bytes, so it
/// makes no difference what came before. No more is kept than one head.
///
/// **Threading** the event loop of the connection.
final class LastHead {
  private final PlainHead parser;
  private final int headBytesMax;
  private byte[] lineBytes = {};
  private RequestLine line = RequestLine.unreadable();
  private @Nullable PlainFields plain;
  private RequestFields fields = RequestFields.none();
  private long bodyBytes;

  /// @param headBytesMax a longer head, whole or not, is left to others
  LastHead(PlainHead parser, int headBytesMax) {
    this.parser = parser;
    this.headBytesMax = headBytesMax;
  }

  /// Reads what begins at `from`; returns the index behind the head, [PlainHead#INCOMPLETE] or
  /// [PlainHead#OTHER].
  int read(byte[] in, int from, int end) {
    int lineEnd = line(in, from, end);
    int headEnd = lineEnd <= 0 ? lineEnd : fields(in, lineEnd, end);
    return (headEnd > 0 ? headEnd : end) - from > headBytesMax ? PlainHead.OTHER : headEnd;
  }

  /// The head read last, if it was one.
  RequestHead head() {
    return new RequestHead(line, fields, bodyBytes);
  }

  private int line(byte[] in, int from, int end) {
    int length = lineBytes.length;
    if (length > 0
        && end - from >= length
        && Arrays.equals(in, from, from + length, lineBytes, 0, length)) {
      return from + length;
    }
    int lineEnd = parser.parseLine(in, from, end);
    if (lineEnd > 0) {
      byte[] parsed = Arrays.copyOfRange(in, from, lineEnd);
      line = parser.line(line);
      lineBytes = parsed;
    }
    return lineEnd;
  }

  private int fields(byte[] in, int from, int end) {
    PlainFields known = plain;
    if (known != null) {
      int knownEnd = known.endIn(in, from, end);
      if (knownEnd > 0) {
        bodyBytes = known.bodyBytes(in, from, knownEnd);
        return knownEnd;
      }
    }
    int fieldsEnd = parser.parseFields(in, from, end);
    if (fieldsEnd > 0) {
      PlainFields parsed = parser.fields(fieldsEnd);
      fields = new RequestFields(parsed, parser.keepAlive());
      plain = parsed;
      bodyBytes = parsed.bodyBytes(in, from, fieldsEnd);
    }
    return fieldsEnd;
  }
}
