package dev.topics.engine.json;

/// Carries a refusal out of the depth of the reader; never leaves this package.
final class WriteRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient WriteBody.Rejected rejected;

  WriteRefused(WriteBody.Rejected rejected) {
    super(rejected.message(), null, false, false);
    this.rejected = rejected;
  }

  WriteBody.Rejected rejected() {
    return rejected;
  }
}
