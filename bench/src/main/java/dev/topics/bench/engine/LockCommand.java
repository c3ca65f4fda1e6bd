package dev.topics.bench.engine;

import dev.topics.bench.load.SampleRecords;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.AppendResult;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.topic.Appender;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `lock`: how long an append holds the commit lock.
@Command(
    name = "lock",
    mixinStandardHelpOptions = true,
    description =
        "Measures how long an append in this JVM holds the commit lock, as the engine reports it"
            + " with each answer.")
public final class LockCommand implements Callable<Integer> {
  private static final long HOLD_NANOS_MAX = 10_000_000_000L;

  @Option(names = "--batch", defaultValue = "100", description = "Default ${DEFAULT-VALUE}.")
  private int batch;

  @Option(
      names = "--durability",
      defaultValue = "DISK",
      description = "DISK, MEMORY, FSYNC or EPHEMERAL; default ${DEFAULT-VALUE}.")
  private Durability durability = Durability.DISK;

  @Option(
      names = "--writes",
      defaultValue = "100000",
      description = "As many again warm up before; default ${DEFAULT-VALUE}.")
  private int writes;

  @Option(names = "--repetitions", defaultValue = "3", description = "Default ${DEFAULT-VALUE}.")
  private int repetitions;

  @Override
  public Integer call() throws IOException {
    byte[] body = SampleRecords.batch(batch, 100).getBytes(StandardCharsets.UTF_8);
    try (BenchmarkedEngine engine = BenchmarkedEngine.open()) {
      TopicName topic = engine.newTopic("lock", durability);
      Appender appender = engine.engine().newAppender();
      hold(appender, topic, body);
      for (int i = 0; i < repetitions; i++) {
        print(hold(appender, topic, body));
      }
    }
    return 0;
  }

  private Histogram hold(Appender appender, TopicName topic, byte[] body) {
    Histogram nanos = new Histogram(HOLD_NANOS_MAX, 3);
    for (int i = 0; i < writes; i++) {
      AppendBenchmark.decode(appender, body);
      AppendResult result = appender.append(topic, AppendOptions.NONE).join();
      if (!(result instanceof AppendResult.Appended appended)) {
        throw new IllegalStateException("not appended: " + result);
      }
      nanos.recordValue(Math.min(appended.commitNanos(), HOLD_NANOS_MAX));
    }
    return nanos;
  }

  private void print(Histogram nanos) {
    System.out.printf(
        Locale.ROOT,
        "commit lock held, %s batch=%d: mean %.2f us  p50 %.2f us  p99 %.2f us  p99.9 %.2f us"
            + "  max %.0f us%n",
        durability,
        batch,
        nanos.getMean() / 1e3,
        nanos.getValueAtPercentile(50) / 1e3,
        nanos.getValueAtPercentile(99) / 1e3,
        nanos.getValueAtPercentile(99.9) / 1e3,
        nanos.getMaxValue() / 1e3);
  }
}
