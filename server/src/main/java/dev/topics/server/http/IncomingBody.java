package dev.topics.server.http;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The body of one request as it arrives, and what it takes of the budget of all bodies.
///
/// **Threading** the event loop of the connection.
final class IncomingBody {
  private static final byte[] NO_BYTES = {};

  private final HttpContext context;
  private final RequestHead head;
  private @Nullable BodyCollector collector;
  private byte[] bytes = NO_BYTES;
  private int start;
  private int end;
  private boolean taken;
  private long receivedBytes;
  private int copiedBytes;

  IncomingBody(HttpContext context, RequestHead head) {
    this.context = context;
    this.head = head;
  }

  byte[] bytes() {
    return bytes;
  }

  int start() {
    return start;
  }

  int end() {
    return end;
  }

  int length() {
    return end - start;
  }

  /// Decides from the head whether `route` takes a body.
  ///
  /// @throws Rejected 413 or 415
  void admit(Route route) {
    taken = MediaType.admit(head, route, context.options().bodyBytesMax());
  }

  /// The body as a whole; `source` is shared.
  void whole(byte[] source, int from, int to) {
    if (taken) {
      bytes = source;
      start = from;
      end = to;
    }
  }

  /// The body as a whole, of a request that has to wait for its turn.
  ///
  /// @throws Rejected 429 if there is no room for it
  void copy(byte[] source, int from, int to) {
    if (taken) {
      context.budget().take(to - from);
      copiedBytes = to - from;
      whole(Arrays.copyOfRange(source, from, to), 0, copiedBytes);
    }
  }

  /// Takes bytes of it, or reads past them if they are not `wanted`.
  ///
  /// @throws Rejected as [BodyCollector#add]
  void receive(ByteBuf chunk, boolean wanted) {
    long limitBytes = context.options().bodyBytesMax();
    receivedBytes += chunk.readableBytes();
    if (wanted && receivedBytes > limitBytes) {
      throw BodyCollector.tooLarge(limitBytes);
    } else if (wanted && taken) {
      BodyCollector collecting = collector;
      if (collecting == null) {
        boolean gzip = head.contentCoding() != null;
        collecting = new BodyCollector(limitBytes, head.bodyBytes(), gzip, context.budget());
        collector = collecting;
      }
      collecting.add(chunk);
    }
  }

  /// All of it is here.
  ///
  /// @throws Rejected as [BodyCollector#finish]
  void complete() {
    BodyCollector collecting = collector;
    if (collecting != null) {
      collecting.finish();
      end = collecting.length();
    }
  }

  /// Puts what came in pieces into one array, `shared` if it fits.
  void gather(byte[] shared) {
    BodyCollector collected = collector;
    if (collected != null) {
      bytes = collected.toArray(shared);
      start = 0;
    }
  }

  /// Lets go of it; may be called again.
  void release() {
    BodyCollector collected = collector;
    if (collected != null) {
      collector = null;
      collected.release();
    }
    bytes = NO_BYTES;
    context.budget().give(copiedBytes);
    copiedBytes = 0;
  }
}
