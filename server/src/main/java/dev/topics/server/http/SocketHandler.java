package dev.topics.server.http;

/// What happens on a [WebSocket].
///
/// **Threading** called on the event loop of the socket.
public interface SocketHandler {
  /// A text message in `bytes[start, end)`, which is valid until this returns. Not checked to be
  /// UTF-8.
  void message(byte[] bytes, int start, int end);

  /// A binary message, or one that is too long; it was thrown away.
  void refused(Problem why);

  /// The client has taken everything that was written.
  void writable();

  /// The socket is over, whoever ended it; called once, and last.
  void closed();
}
