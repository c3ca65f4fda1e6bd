package dev.topics.bench.json;

import dev.topics.engine.json.WriteBody;
import dev.topics.engine.json.WriteLimits;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/// Time to validate the body of a write and to find where the parts of each record are.
///
/// `ours` does all that a write needs; `jackson` only walks the tokens and notes where each `data`
/// starts and ends.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class WriteBodyBenchmark {
  /// What kind of body.
  @Param({"RECORDS", "SPACED", "TEXTS", "WORLD_TEXTS", "NUMBERS"})
  public WriteBodies bodies = WriteBodies.RECORDS;

  /// Records in one body.
  @Param("1000")
  public int records = 1000;

  private final WriteBody write = new WriteBody(WriteLimits.DEFAULT);
  private final JsonFactory jackson =
      JsonFactory.builder().disable(StreamReadFeature.AUTO_CLOSE_SOURCE).build();
  private byte[] body = {};
  private byte[] target = {};

  @Setup
  public void makeBody() {
    body = bodies.body(records);
    target = new byte[body.length];
    if (ours() != records || jackson() != records) {
      throw new IllegalStateException("the two do not read the same");
    }
  }

  @Benchmark
  public int ours() {
    if (write.decode(body, 0, body.length) instanceof WriteBody.Rejected rejected) {
      throw new IllegalStateException(rejected.message());
    }
    return write.count();
  }

  /// The same, and every part of every record copied to where it will be stored.
  @Benchmark
  public int oursCopied() {
    int count = ours();
    int at = 0;
    for (int i = 0; i < count; i++) {
      at = write.copyData(i, target, at);
      at = write.hasNode(i) ? write.copyNodeJson(i, target, at) : at;
      at = write.hasTag(i) ? write.copyTag(i, target, at) : at;
      at = write.hasMeta(i) ? write.copyMeta(i, target, at) : at;
    }
    return at;
  }

  @Benchmark
  public int jackson() {
    int count = 0;
    long dataBytes = 0;
    try (JsonParser parser = jackson.createParser(ObjectReadContext.empty(), body)) {
      while (parser.nextToken() != null) {
        if (parser.currentToken() == JsonToken.PROPERTY_NAME
            && parser.currentName().equals("data")) {
          parser.nextToken();
          long start = parser.currentTokenLocation().getByteOffset();
          parser.skipChildren();
          parser.finishToken();
          dataBytes += parser.currentLocation().getByteOffset() - start;
          count++;
        }
      }
    }
    if (dataBytes <= 0) {
      throw new IllegalStateException("nothing found");
    }
    return count;
  }
}
