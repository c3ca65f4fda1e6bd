package dev.topics.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// How events look in the log.
final class LogLinesTest {
  private static LoggingEvent event(String message, Throwable failure) {
    var logger = new LoggerContext().getLogger("dev.topics.server.TopicsServer");
    return new LoggingEvent("", logger, Level.WARN, message, failure, null);
  }

  private static String text(LoggingEvent event) {
    return new String(new TextLines().encode(event), StandardCharsets.UTF_8);
  }

  private static String json(LoggingEvent event) {
    return new String(new JsonLines().encode(event), StandardCharsets.UTF_8);
  }

  @Test
  void nothingInAMessageCanEndItsLineOrSpeakToATerminal() {
    LoggingEvent forged = event("name \"a\"\r\n2026 INFO all is well \u001b[2J\u009b", null);
    assertThat(text(forged))
        .endsWith(
            " WARN  TopicsServer: name \"a\"\\u000d\\n2026 INFO all is well"
                + " \\u001b[2J\\u009b\n");
    assertThat(json(forged))
        .contains(
            "\"message\":\"name \\\"a\\\"\\u000d\\n2026 INFO all is well \\u001b[2J\\u009b\"");
    assertThat(json(forged).lines()).hasSize(1);
  }

  @Test
  void aFailureHasItsStackTrace() {
    LoggingEvent failed = event("it failed", new IllegalStateException("why\nnot"));
    assertThat(text(failed)).contains("    java.lang.IllegalStateException: why", "\n    at dev.");
    assertThat(json(failed)).contains("\"stack\":\"java.lang.IllegalStateException: why\\nnot");
    assertThat(json(failed).lines()).hasSize(1);
  }
}
