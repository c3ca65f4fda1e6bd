package dev.topics.bench.queue;

/// Finds the few parts of an answer that a worker needs, in its bytes.
final class HttpAnswers {
  private static final String LENGTH = "content-length:";

  private HttpAnswers() {}

  /// Where the body begins; -1 if the head is not complete.
  static int bodyStart(byte[] answer, int end) {
    for (int i = 3; i < end; i++) {
      if (answer[i] == '\n'
          && answer[i - 1] == '\r'
          && answer[i - 2] == '\n'
          && answer[i - 3] == '\r') {
        return i + 1;
      }
    }
    return -1;
  }

  /// What the head in `answer[0, headEnd)` says about the length of the body.
  static int contentLength(byte[] answer, int headEnd) {
    for (int i = 0; i + LENGTH.length() < headEnd; i++) {
      if (isAt(LENGTH, answer, i)) {
        return (int) number(answer, i + LENGTH.length());
      }
    }
    throw new IllegalStateException("an answer without Content-Length");
  }

  /// The place behind the first `text`, lower case, in `bytes[from, end)`; -1 if it is not there.
  static int behind(String text, byte[] bytes, int from, int end) {
    for (int i = from; i + text.length() <= end; i++) {
      if (bytes[i] == text.charAt(0) && isAt(text, bytes, i)) {
        return i + text.length();
      }
    }
    return -1;
  }

  private static boolean isAt(String text, byte[] bytes, int at) {
    for (int i = 0; i < text.length(); i++) {
      char wanted = text.charAt(i);
      int found = bytes[at + i];
      if (found != wanted && !(wanted >= 'a' && wanted <= 'z' && (found | 0x20) == wanted)) {
        return false;
      }
    }
    return true;
  }

  /// The number at `at`, blanks before it passed over.
  static long number(byte[] bytes, int at) {
    int i = at;
    while (bytes[i] == ' ') {
      i++;
    }
    long value = 0;
    for (; bytes[i] >= '0' && bytes[i] <= '9'; i++) {
      value = value * 10 + bytes[i] - '0';
    }
    return value;
  }
}
