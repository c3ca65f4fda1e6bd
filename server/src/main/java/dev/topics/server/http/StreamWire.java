package dev.topics.server.http;

import io.netty.buffer.ByteBuf;

/// How a stream goes out: in chunks of HTTP/1.1, until the end of a connection of HTTP/1.0, in DATA
/// frames of HTTP/2.
interface StreamWire {
  /// Writes the head of the answer.
  void open(String contentType);

  /// Writes `head`, then the readable bytes of `body`, which stays with the caller.
  void write(ByteOutput head, ByteBuf body);

  /// Writes what many streams send.
  void write(SharedEvent event);

  /// Sends what was written, and calls [Flow#taken] when it is gone, unless it is already; until
  /// then [Flow#tick] is called.
  void flush();

  /// How many bytes the client has not taken yet.
  long unsentBytes();

  /// Ends the answer behind what was written.
  void end();

  /// Closes what carries the stream, whatever was not sent.
  void abort();
}
