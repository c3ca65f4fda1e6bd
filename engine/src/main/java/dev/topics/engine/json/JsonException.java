package dev.topics.engine.json;

/// The input is not the JSON that was asked for; says where, and what was expected there.
///
/// It carries no stack trace: it speaks of the input and costs no more than the object.
public final class JsonException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int offset;

  JsonException(String message, int offset) {
    super(message, null, false, false);
    this.offset = offset;
  }

  /// Offset of the offending byte, counted from the start of the scanned range.
  public int offset() {
    return offset;
  }
}
