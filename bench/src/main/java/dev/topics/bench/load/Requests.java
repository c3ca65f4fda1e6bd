package dev.topics.bench.load;

import java.nio.ByteBuffer;

/// The requests of one connection, as bytes prepared ahead.
interface Requests {
  /// The next `count` requests back to back, ready to be written; valid until the next call.
  ByteBuffer next(int count);
}
