package dev.topics.server.api;

import dev.topics.server.http.ByteOutput;
import dev.topics.server.http.SharedEvent;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// A page of records that readers of an event loop share.
///
/// The id of an event says where every topic of a watch is, so those who watch one topic alone send
/// the same event from the first byte to the last: it is put together for the first of them.
final class WatchPage {
  /// A longer one is not copied, but sent in pieces.
  private static final int EVENT_BYTES_MAX = 1 << 16;

  private final ByteBuf bytes;
  private @Nullable SharedEvent event;

  WatchPage(ByteBuf bytes) {
    this.bytes = bytes;
  }

  /// The fields of a `record` event, as [WatchPages] makes them.
  ByteBuf bytes() {
    return bytes;
  }

  boolean isShort() {
    return bytes.readableBytes() <= EVENT_BYTES_MAX;
  }

  /// The event for those who watch nothing else, if it was put together.
  @Nullable SharedEvent event() {
    return event;
  }

  /// Puts it together out of `head` and the page.
  SharedEvent makeEvent(ByteOutput head) {
    SharedEvent made = SharedEvent.of(head, bytes);
    event = made;
    return made;
  }

  /// How much memory it takes, with the event that may yet be made of it but for its head.
  long memoryBytes() {
    return (long) bytes.capacity() + (isShort() ? bytes.readableBytes() : 0);
  }

  void release() {
    bytes.release();
    SharedEvent made = event;
    if (made != null) {
      made.release();
    }
  }
}
