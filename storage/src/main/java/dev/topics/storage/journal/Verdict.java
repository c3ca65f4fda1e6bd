package dev.topics.storage.journal;

/// What a check of the bytes at some place found.
enum Verdict {
  VALID("a valid frame"),
  EMPTY("nothing"),
  BAD_HEADER("a header whose checksum does not hold"),
  WRONG_PLACE("a frame of another place or store"),
  BAD_LENGTH("a frame that would end beyond its file"),
  BAD_PAYLOAD("a payload whose checksum does not hold"),
  OUT_OF_ORDER("a frame of another lsn than expected"),
  BROKEN_CHAIN("a frame that does not follow the one before");

  private final String text;

  Verdict(String text) {
    this.text = text;
  }

  @Override
  public String toString() {
    return text;
  }

  /// Whether the header can be believed, the rest aside.
  boolean headerHolds() {
    return switch (this) {
      case VALID, BAD_PAYLOAD, OUT_OF_ORDER, BROKEN_CHAIN -> true;
      case EMPTY, BAD_HEADER, WRONG_PLACE, BAD_LENGTH -> false;
    };
  }
}
