package dev.topics.cli;

import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import java.util.HexFormat;

/// Parts of a line in the log. Control characters are escaped, so that nothing a client sends can
/// look like a line of ours or speak to a terminal.
final class LogLine {
  private LogLine() {}

  /// The last part of the name of a logger.
  static String shortName(String logger) {
    return logger.substring(logger.lastIndexOf('.') + 1);
  }

  static String stackTrace(IThrowableProxy failure) {
    return ThrowableProxyUtil.asString(failure);
  }

  /// Appends `text` with control characters as `\n`, `\t` or `\u001b`; `json` escapes quotes and
  /// backslashes as well.
  static void append(StringBuilder line, String text, boolean json) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n') {
        line.append("\\n");
      } else if (c == '\t') {
        line.append("\\t");
      } else if (json && (c == '"' || c == '\\')) {
        line.append('\\').append(c);
      } else if (c < ' ' || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029) {
        line.append("\\u").append(HexFormat.of().toHexDigits(c));
      } else {
        line.append(c);
      }
    }
  }
}
