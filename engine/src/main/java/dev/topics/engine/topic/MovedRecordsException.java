package dev.topics.engine.topic;

/// The file or the pack that held records is gone: they lie elsewhere, and a fresh view shows
/// where.
public final class MovedRecordsException extends IllegalStateException {
  private static final long serialVersionUID = 1;

  MovedRecordsException(String message, Throwable cause) {
    super(message, cause);
  }

  MovedRecordsException(String message) {
    super(message);
  }

  /// Throws this unless `now` is another view than the one that was read: a file or a pack that is
  /// gone is one that a newer view does not need.
  @SuppressWarnings("ReferenceEquality") // views are not compared by what they hold
  void throwUnlessNewer(View read, View now) {
    if (read == now) {
      throw this;
    }
  }
}
