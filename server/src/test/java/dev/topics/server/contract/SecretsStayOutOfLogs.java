package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.slf4j.helpers.MessageFormatter;

/// Looks through everything that is logged in the whole test run, at levels that nobody prints too,
/// and fails the test class in which a planted secret shows. Every request of the contract tests
/// carries one.
public final class SecretsStayOutOfLogs implements AfterAllCallback {
  /// What a planted secret contains.
  static final String MARK = "SECRET";

  private static final Queue<String> SHOWN = new ConcurrentLinkedQueue<>();

  static {
    Look look = new Look();
    look.start();
    ((LoggerContext) LoggerFactory.getILoggerFactory()).addTurboFilter(look);
  }

  /// Sees each message before it is decided whether it is printed.
  private static final class Look extends TurboFilter {
    @Override
    public FilterReply decide(
        @Nullable Marker marker,
        Logger logger,
        Level level,
        @Nullable String format,
        @Nullable Object @Nullable [] arguments,
        @Nullable Throwable failure) {
      look(logger, format, arguments, failure);
      return FilterReply.NEUTRAL;
    }
  }

  private static void look(
      Logger logger,
      @Nullable String format,
      @Nullable Object @Nullable [] arguments,
      @Nullable Throwable failure) {
    String message = format == null ? "" : format;
    if (arguments != null && format != null) {
      message =
          MessageFormatter.arrayFormat(format, arguments).getMessage() + Arrays.toString(arguments);
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      message += " " + cause;
    }
    if (message.contains(MARK)) {
      SHOWN.add(logger.getName() + ": " + message);
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    assertThat(SHOWN).as("planted secrets in the log").isEmpty();
  }
}
