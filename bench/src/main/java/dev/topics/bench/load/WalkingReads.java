package dev.topics.bench.load;

import java.nio.ByteBuffer;

/// Reads a topic page after page, and again from the beginning when it has reached the end.
///
/// The request is prepared once; only the digits of `from_seq` are written anew, right-aligned in a
/// field of blanks, which JSON allows.
final class WalkingReads implements Requests {
  private static final String FIELD = " ".repeat(12);

  private final int requestBytes;
  private final int fieldEnd;
  private final ByteBuffer block;
  private final int limit;
  private final long endSeq;
  private long fromSeq;

  /// Pages of `limit` records, beginning after `fromSeq`, out of the records up to `headSeq`; both
  /// must be multiples of `limit`, so that every page is full.
  WalkingReads(String path, int limit, long fromSeq, long headSeq, int pipeline) {
    String json = "{\"limit\":" + limit + ",\"from_seq\":" + FIELD + "}";
    byte[] request = HttpRequest.post(path, json);
    this.requestBytes = request.length;
    this.fieldEnd = requestBytes - 1;
    this.limit = limit;
    this.endSeq = headSeq;
    this.fromSeq = fromSeq;
    block = ByteBuffer.allocateDirect(requestBytes * pipeline);
    for (int i = 0; i < pipeline; i++) {
      block.put(request);
    }
  }

  @Override
  public ByteBuffer next(int count) {
    block.clear();
    for (int i = 0; i < count; i++) {
      Digits.put(block, i * requestBytes + fieldEnd, FIELD.length(), fromSeq, ' ');
      fromSeq = fromSeq + limit >= endSeq ? 0 : fromSeq + limit;
    }
    return block.limit(count * requestBytes).position(0);
  }
}
