package dev.topics.server.http;

/// The value of Content-Length: digits only.
final class ContentLength {
  static final int DIGITS_MAX = 18;

  private ContentLength() {}

  static long parse(String value) {
    boolean good = !value.isEmpty() && value.length() <= DIGITS_MAX;
    long length = 0;
    for (int i = 0; good && i < value.length(); i++) {
      char c = value.charAt(i);
      good = c >= '0' && c <= '9';
      length = length * 10 + (c - '0');
    }
    if (!good) {
      throw Problem.invalid("Content-Length must be a whole number").rejected();
    }
    return length;
  }
}
