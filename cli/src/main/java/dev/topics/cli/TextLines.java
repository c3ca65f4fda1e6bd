package dev.topics.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;

/// Logs for people: time, level, where, message. A stack trace follows on lines of its own.
final class TextLines extends EncoderBase<ILoggingEvent> {
  @Override
  public byte[] encode(ILoggingEvent event) {
    StringBuilder line = new StringBuilder(128);
    line.append(event.getInstant()).append(' ');
    line.append("%-5s".formatted(event.getLevel())).append(' ');
    line.append(LogLine.shortName(event.getLoggerName())).append(": ");
    LogLine.append(line, event.getFormattedMessage(), false);
    line.append('\n');
    if (event.getThrowableProxy() != null) {
      String trace = LogLine.stackTrace(event.getThrowableProxy());
      for (String element : trace.lines().toList()) {
        line.append("    ");
        LogLine.append(line, element.strip(), false);
        line.append('\n');
      }
    }
    return line.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public byte[] headerBytes() {
    return new byte[0];
  }

  @Override
  public byte[] footerBytes() {
    return new byte[0];
  }
}
