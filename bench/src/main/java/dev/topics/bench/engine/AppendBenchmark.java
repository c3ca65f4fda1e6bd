package dev.topics.bench.engine;

import dev.topics.bench.load.SampleRecords;
import dev.topics.engine.json.WriteBody;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.AppendResult;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.topic.Appender;
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

/// Appends batches of 100 records of 100 bytes to one topic; an operation is a record.
///
/// A second of it fills hundreds of megabytes of the temporary directory.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class AppendBenchmark {
  static final int BATCH_RECORDS = 100;
  static final int RECORD_BYTES = 100;

  @Param({"DISK"})
  private Durability durability = Durability.DISK;

  private final byte[] body =
      SampleRecords.batch(BATCH_RECORDS, RECORD_BYTES).getBytes(StandardCharsets.UTF_8);
  private @Nullable BenchmarkedEngine engine;
  private TopicName topic = new TopicName("unset");

  @Setup
  public void open() throws IOException {
    engine = BenchmarkedEngine.open();
    topic = engine.newTopic("append", durability);
  }

  @TearDown
  public void close() throws IOException {
    engine().close();
  }

  private BenchmarkedEngine engine() {
    return Objects.requireNonNull(engine);
  }

  /// The appender of a thread, with a body decoded already.
  @State(Scope.Thread)
  public static class Writer {
    private @Nullable Appender appender;

    @Setup
    public void open(AppendBenchmark benchmark) {
      Appender mine = benchmark.engine().engine().newAppender();
      decode(mine, benchmark.body);
      appender = mine;
    }

    private Appender appender() {
      return Objects.requireNonNull(appender);
    }
  }

  /// From the bytes of a request to the answer.
  @Benchmark
  @OperationsPerInvocation(BATCH_RECORDS)
  public AppendResult decodeAndAppend(Writer writer) {
    decode(writer.appender(), body);
    return append(writer.appender());
  }

  /// The same without the decoding.
  @Benchmark
  @OperationsPerInvocation(BATCH_RECORDS)
  public AppendResult append(Writer writer) {
    return append(writer.appender());
  }

  static void decode(Appender appender, byte[] body) {
    WriteBody.Outcome outcome = appender.body().decode(body, 0, body.length);
    if (!(outcome instanceof WriteBody.Accepted)) {
      throw new IllegalStateException("not decoded: " + outcome);
    }
  }

  private AppendResult append(Appender appender) {
    AppendResult result = appender.append(topic, AppendOptions.NONE).join();
    if (!(result instanceof AppendResult.Appended)) {
      throw new IllegalStateException("not appended: " + result);
    }
    return result;
  }
}
