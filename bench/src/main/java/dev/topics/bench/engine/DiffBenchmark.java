package dev.topics.bench.engine;

import dev.topics.bench.load.SampleRecords;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.DiffQuery;
import dev.topics.engine.model.DiffResult;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.NodeFilter;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.topic.Appender;
import dev.topics.engine.topic.TopicReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// Walks through a topic in pages of 1000 records of 100 bytes, written in batches of 100; each
/// page is copied once, as for a socket. An operation is a record.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DiffBenchmark {
  private static final int PAGE_RECORDS = 1000;
  private static final int RECORD_BYTES = 100;
  private static final int BATCH_RECORDS = 100;

  @Param({"1000000"})
  private int prefilled;

  private @Nullable BenchmarkedEngine engine;
  private TopicName topic = new TopicName("unset");

  @Setup
  public void open() throws IOException {
    BenchmarkedEngine opened = BenchmarkedEngine.open();
    engine = opened;
    topic = opened.newTopic("diff", Durability.DISK);
    byte[] body = SampleRecords.batch(BATCH_RECORDS, RECORD_BYTES).getBytes(StandardCharsets.UTF_8);
    Appender appender = opened.engine().newAppender();
    AppendBenchmark.decode(appender, body);
    for (int filled = 0; filled < prefilled; filled += BATCH_RECORDS) {
      appender.append(topic, AppendOptions.NONE).join();
    }
  }

  @TearDown
  public void close() throws IOException {
    engine().close();
  }

  private BenchmarkedEngine engine() {
    return Objects.requireNonNull(engine);
  }

  /// The reader of a thread and its cursor.
  @State(Scope.Thread)
  public static class Follower {
    private final CopyingSink sink = new CopyingSink(PAGE_RECORDS * (RECORD_BYTES + 100));
    private @Nullable TopicReader reader;
    private DiffQuery query = new DiffQuery(0, PAGE_RECORDS, NodeFilter.NONE, false, true, true, 0);

    @Setup
    public void open(DiffBenchmark benchmark) {
      reader = benchmark.engine().engine().newReader();
    }
  }

  @Benchmark
  @OperationsPerInvocation(PAGE_RECORDS)
  public DiffResult diff(Follower follower) {
    follower.sink.clear();
    TopicReader reader = Objects.requireNonNull(follower.reader);
    DiffResult result = reader.diff(topic, follower.query, follower.sink);
    if (!(result instanceof DiffResult.Page page) || page.records() != PAGE_RECORDS) {
      throw new IllegalStateException("no full page: " + result);
    }
    follower.query = follower.query.from(page.caughtUp() ? 0 : page.nextFromSeq());
    return result;
  }
}
