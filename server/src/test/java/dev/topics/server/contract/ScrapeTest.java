package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Engine;
import dev.topics.engine.EngineOptions;
import dev.topics.engine.model.ConfigPatch;
import dev.topics.engine.model.PutTopicResult;
import dev.topics.engine.model.TopicName;
import dev.topics.server.ServerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A scrape stays small with many topics, and is what Prometheus reads.
final class ScrapeTest {
  private static final Pattern SAMPLE =
      Pattern.compile(
          "([a-zA-Z_:][a-zA-Z0-9_:]*)"
              + "(\\{(?:[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\]|\\\\.)*\",?)*\\})?"
              + " (NaN|[+-]?Inf|[+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)");

  @TempDir private Path directory;

  private Engine engineOf(int topics) throws IOException {
    Engine engine = Engine.open(directory, EngineOptions.defaults());
    List<CompletableFuture<PutTopicResult>> made = new ArrayList<>();
    for (int i = 0; i < topics; i++) {
      made.add(engine.putTopic(new TopicName("topic-" + i), ConfigPatch.NONE));
    }
    made.forEach(CompletableFuture::join);
    return engine;
  }

  @Test
  void aHundredThousandTopicsAreScrapedInLessThanTwoMegabytes() throws IOException {
    ServerOptions options =
        ServerOptions.fromVariables(Map.of()).withPort(0).withDataDirectory(directory);
    RunningServer server = RunningServer.start(options, progress -> engineOf(100_000));
    try {
      long best = Long.MAX_VALUE;
      String text = "";
      for (int i = 0; i < 10; i++) {
        long start = System.nanoTime();
        try (Wire wire = new Wire(server.address())) {
          wire.send("GET /v0/metrics HTTP/1.1\r\nHost: a\r\n\r\n");
          text = wire.read().text();
        }
        best = Math.min(best, System.nanoTime() - start);
      }
      System.out.printf("scrape: %d bytes, %d ms at best%n", text.length(), best / 1_000_000);
      assertThat(text.length()).isLessThan(2_000_000);
      assertThat(text).contains("topics_topics 100000.0", "topics_topic_metrics_truncated 1.0");
      lint(text);
    } finally {
      server.close();
    }
  }

  /// What `promtool check metrics` would refuse.
  private static void lint(String text) {
    Set<String> helped = new HashSet<>();
    Set<String> typed = new HashSet<>();
    Set<String> series = new HashSet<>();
    String family = "";
    String type = "";
    for (String line : text.lines().toList()) {
      if (line.startsWith("# HELP ")) {
        family = line.split(" ")[2];
        assertThat(helped.add(family)).as("one HELP: %s", line).isTrue();
      } else if (line.startsWith("# TYPE ")) {
        type = line.split(" ")[3];
        assertThat(line.split(" ")[2]).as("TYPE behind its HELP").isEqualTo(family);
        assertThat(typed.add(family)).as("one TYPE: %s", line).isTrue();
        assertThat(type).isIn("counter", "gauge", "histogram", "summary", "untyped");
        assertThat(type.equals("counter")).as(line).isEqualTo(family.endsWith("_total"));
      } else {
        Matcher sample = SAMPLE.matcher(line);
        assertThat(sample.matches()).as("a sample: %s", line).isTrue();
        assertThat(sample.group(1)).as("in its family").startsWith(family);
        assertThat(series.add(sample.group(1) + sample.group(2))).as("once: %s", line).isTrue();
        if (type.equals("counter") || type.equals("gauge")) {
          assertThat(sample.group(1)).isEqualTo(family);
        }
      }
    }
    assertThat(typed).hasSizeGreaterThan(30);
  }
}
