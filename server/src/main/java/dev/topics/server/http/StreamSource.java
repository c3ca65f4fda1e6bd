package dev.topics.server.http;

/// What writes the events of an [EventStream].
///
/// **Threading** called on the event loop of the stream.
public interface StreamSource {
  /// The client has taken everything that was written: write more now if there is some. Also called
  /// once when the stream begins.
  void writable();

  /// The stream is over, whoever ended it; called once, and last.
  void closed();
}
