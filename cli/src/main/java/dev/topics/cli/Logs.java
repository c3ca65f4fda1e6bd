package dev.topics.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.util.Map;
import org.slf4j.LoggerFactory;

/// Sends logs to the standard error stream, as text or as lines of JSON.
final class Logs {
  private Logs() {}

  /// Nothing is logged until [#configure]: a command that is no server says itself what it found.
  static void silence() {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(Level.OFF);
  }

  /// As `TOPICS_LOG_FORMAT` and `TOPICS_LOG_LEVEL` say.
  ///
  /// @throws IllegalArgumentException for an unknown format or level
  static void configure(Map<String, String> variables) {
    configure(
        variable(variables, "TOPICS_LOG_FORMAT", "text"),
        variable(variables, "TOPICS_LOG_LEVEL", "info"));
  }

  private static String variable(Map<String, String> variables, String name, String fallback) {
    String value = variables.getOrDefault(name, "");
    return value.isEmpty() ? fallback : value;
  }

  /// @throws IllegalArgumentException for an unknown format or level
  static void configure(String format, String level) {
    Encoder<ILoggingEvent> encoder =
        switch (format) {
          case "text" -> new TextLines();
          case "json" -> new JsonLines();
          default ->
              throw new IllegalArgumentException("the log format is text or json, not " + format);
        };
    Level least =
        switch (level) {
          case "debug" -> Level.DEBUG;
          case "info" -> Level.INFO;
          case "warn" -> Level.WARN;
          case "error" -> Level.ERROR;
          default ->
              throw new IllegalArgumentException(
                  "the log level is debug, info, warn or error, not " + level);
        };
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    encoder.setContext(context);
    encoder.start();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setTarget("System.err");
    appender.setEncoder(encoder);
    appender.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(least);
    root.addAppender(appender);
    context.getLogger("io.netty").setLevel(Level.WARN);
  }
}
