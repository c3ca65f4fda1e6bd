package dev.topics.bench.load;

import java.nio.ByteBuffer;

/// The same request each time.
final class RepeatedRequest implements Requests {
  private final int requestBytes;
  private final ByteBuffer block;

  RepeatedRequest(byte[] request, int pipeline) {
    requestBytes = request.length;
    block = ByteBuffer.allocateDirect(request.length * pipeline);
    for (int i = 0; i < pipeline; i++) {
      block.put(request);
    }
  }

  @Override
  public ByteBuffer next(int count) {
    return block.limit(count * requestBytes).position(0);
  }
}
