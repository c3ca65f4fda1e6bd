package dev.topics.bench.load;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/// The same append to a topic at random each time. The request is prepared once; only the number in
/// the name of the topic is written anew.
final class RequestsToAny implements Requests {
  private final SplittableRandom random;
  private final int topics;
  private final int requestBytes;
  private final int numberEnd;
  private final ByteBuffer block;

  /// @param request with the number of a topic in [AnyTopicScenario#NUMBER_DIGITS] digits, which
  ///   end before `numberEnd`
  /// @param topics how many there are, with the numbers from 0 on
  RequestsToAny(byte[] request, int numberEnd, int topics, long seed, int pipeline) {
    this.numberEnd = numberEnd;
    this.topics = topics;
    random = new SplittableRandom(seed);
    requestBytes = request.length;
    block = ByteBuffer.allocateDirect(requestBytes * pipeline);
    for (int i = 0; i < pipeline; i++) {
      block.put(request);
    }
  }

  @Override
  public ByteBuffer next(int count) {
    block.clear();
    for (int i = 0; i < count; i++) {
      int end = i * requestBytes + numberEnd;
      Digits.put(block, end, AnyTopicScenario.NUMBER_DIGITS, random.nextInt(topics), '0');
    }
    return block.limit(count * requestBytes).position(0);
  }
}
