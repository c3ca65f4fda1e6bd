package dev.topics.engine.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class WriteBodyAllocationTest {
  private static final String RECORD =
      """
      {"data":{"k" : [1,"é\\n",null]},"tag":"t\\u00e9","node":"\\n","meta":{"a" : "b"}}\
      """;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final WriteBody write = new WriteBody(WriteLimits.DEFAULT);
  private final byte[] target = new byte[1 << 20];

  @Test
  void nothingIsAllocatedPerRecord() {
    byte[] one = body(1);
    byte[] many = body(5_000);
    // The first round grows the rows, which are kept, and loads classes.
    decodeAndCopy(many);
    decodeAndCopy(one);
    long ofOne = allocatedBytes(one);
    long ofMany = allocatedBytes(many);
    // On a busy machine it takes a while until the compiler has got round to it.
    for (int round = 0; round < 100 && ofMany >= ofOne + 2_000; round++) {
      ofMany = allocatedBytes(many);
    }
    assertThat(ofMany).isLessThan(ofOne + 2_000);
  }

  private long allocatedBytes(byte[] body) {
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 5; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      decodeAndCopy(body);
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    return least;
  }

  private void decodeAndCopy(byte[] body) {
    if (write.decode(body, 0, body.length) instanceof WriteBody.Rejected rejected) {
      throw new AssertionError(rejected.message());
    }
    int at = 0;
    for (int i = 0; i < write.count(); i++) {
      at = write.copyData(i, target, at);
      at = write.copyMeta(i, target, at);
      at = write.copyTag(i, target, at);
      at = write.copyNodeJson(i, target, at);
    }
  }

  private static byte[] body(int records) {
    String all = (RECORD + ",").repeat(records - 1) + RECORD;
    return ("{\"records\":[" + all + "]}").getBytes(UTF_8);
  }
}
