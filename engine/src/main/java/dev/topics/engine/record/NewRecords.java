package dev.topics.engine.record;

/// Records on their way to the end of a topic, as caps see them.
public interface NewRecords {
  int count();

  /// The seq that record `i` gets.
  long seq(int i);

  /// Bytes of data and meta of record `i`.
  int payloadBytes(int i);

  /// Bytes of data and meta of all records together.
  long payloadBytes();
}
