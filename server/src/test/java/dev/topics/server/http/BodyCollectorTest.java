package dev.topics.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a body costs in memory.
final class BodyCollectorTest {
  private static final int BODY_BYTES = 64 << 20;
  private static final int CHUNK_BYTES = 64 << 10;

  /// The last piece of a body of unknown length, and what the JVM makes on the side.
  private static final int SLACK_BYTES = (1 << 20) + (64 << 10);

  /// All that is ever allocated for it, so no moment can need more.
  @ParameterizedTest
  @ValueSource(longs = {BODY_BYTES, RequestHead.UNKNOWN})
  void theLargestBodyTakesTwiceItsSizeAtMost(long expectedBytes) {
    long unused = collect(expectedBytes);
    assertThat(unused).isPositive();
    assertThat(collect(expectedBytes)).isLessThanOrEqualTo(2L * BODY_BYTES + SLACK_BYTES);
  }

  private static long collect(long expectedBytes) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    BodyBudget budget = new BodyBudget(2L * BODY_BYTES + SLACK_BYTES);
    ByteBuf chunk = Unpooled.wrappedBuffer(new byte[CHUNK_BYTES]);
    long before = threads.getCurrentThreadAllocatedBytes();
    BodyCollector body = new BodyCollector(BODY_BYTES, expectedBytes, false, budget);
    for (int i = 0; i < BODY_BYTES / CHUNK_BYTES; i++) {
      body.add(chunk.readerIndex(0));
    }
    body.finish();
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertThat(body.toArray(new byte[0])).hasSize(BODY_BYTES);
    body.release();
    assertThat(budget.bytesTaken()).isZero();
    return allocated;
  }
}
