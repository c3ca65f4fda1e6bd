package dev.topics.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.concurrent.atomic.AtomicLong;

/// The large answers that clients have not taken yet, of a whole server. They have a budget, so
/// that clients that ask for much and read nothing do not fill the memory.
///
/// **Threading** any thread.
final class UnsentAnswers {
  /// An answer that counts; a shorter one is mostly in the buffers of the kernel at once.
  static final int LARGE_BYTES = 1 << 16;

  private final long bytesMax;
  private final AtomicLong bytes = new AtomicLong();

  UnsentAnswers(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /// How long an answer may be now whose maker has a choice: as long as it likes, or shorter than
  /// those that count once half of the budget is taken.
  ///
  /// @throws Rejected 429 if nothing is left
  int answerBytesMax() {
    long taken = bytes.get();
    if (taken >= bytesMax) {
      throw Problem.of(
              ErrorCode.THROTTLED, "too many large answers wait for their clients; try again")
          .with("retry_after_ms", 1000)
          .retryAfterSeconds(1)
          .rejected();
    }
    return taken < bytesMax / 2 ? Integer.MAX_VALUE : LARGE_BYTES / 2;
  }

  /// Writes an answer, without sending it yet. What counts is the memory that it takes.
  void write(Channel channel, ByteBuf answer) {
    int size = answer.capacity();
    if (size < LARGE_BYTES) {
      var _ = channel.write(answer, channel.voidPromise());
    } else {
      sending(size);
      var _ = channel.write(answer).addListener(_ -> sent(size));
    }
  }

  void sending(int size) {
    bytes.addAndGet(size);
  }

  void sent(int size) {
    bytes.addAndGet(-size);
  }

  long bytes() {
    return bytes.get();
  }
}
