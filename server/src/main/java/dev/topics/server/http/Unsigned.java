package dev.topics.server.http;

/// Whole numbers from 0 to 2⁶⁴-1 in the text of requests.
///
/// Clients write the largest one for "no limit"; what is above 2⁶³-1 counts as that.
public final class Unsigned {
  /// What such a number is, in words for a message.
  public static final String RULE = "a whole number, 0 or more";

  /// So many digits fit, whatever they are.
  private static final int SAFE_DIGITS = 19;

  private Unsigned() {}

  /// The value of `text`.
  ///
  /// @throws NumberFormatException if it is none, that says what it must be: "must be at most …"
  public static long parse(String text) {
    if (!isDigits(text)) {
      boolean other = text.indexOf('.') >= 0 || text.indexOf('e') >= 0 || text.indexOf('E') >= 0;
      throw new NumberFormatException("must be " + RULE + (other ? ", in digits alone" : ""));
    }
    long value = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      if (i >= SAFE_DIGITS
          && Long.compareUnsigned(value, Long.divideUnsigned(-1L - digit, 10)) > 0) {
        throw new NumberFormatException("must be at most " + Long.toUnsignedString(-1));
      }
      value = value * 10 + digit;
    }
    return value < 0 ? Long.MAX_VALUE : value;
  }

  /// Digits of ASCII, at least one: other scripts have digits as well.
  private static boolean isDigits(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return !text.isEmpty();
  }
}
