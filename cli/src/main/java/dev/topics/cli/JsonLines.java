package dev.topics.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;

/// Logs for programs: an object on each line.
final class JsonLines extends EncoderBase<ILoggingEvent> {
  @Override
  public byte[] encode(ILoggingEvent event) {
    StringBuilder line = new StringBuilder(256);
    line.append("{\"time\":\"").append(event.getInstant());
    field(line, "level", event.getLevel().toString());
    field(line, "logger", event.getLoggerName());
    field(line, "thread", event.getThreadName());
    field(line, "message", event.getFormattedMessage());
    if (event.getThrowableProxy() != null) {
      field(line, "stack", LogLine.stackTrace(event.getThrowableProxy()));
    }
    return line.append("\"}\n").toString().getBytes(StandardCharsets.UTF_8);
  }

  /// Ends the value before, and leaves its own open.
  private static void field(StringBuilder line, String name, String value) {
    line.append("\",\"").append(name).append("\":\"");
    LogLine.append(line, value, true);
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
