package dev.topics.server.http;

import io.netty.buffer.ByteBuf;
import java.util.Map;

/// A request of an HTTP/1.1 or 1.0 connection.
final class Http1Exchange extends Exchange {
  private final Http1Connection connection;
  private boolean last;

  Http1Exchange(Http1Connection connection, HttpContext context, LoopState loop, RequestHead head) {
    super(context, loop, head);
    this.connection = connection;
    last = !head.keepAlive();
  }

  /// Whether the connection ends with this exchange.
  boolean last() {
    return last;
  }

  void makeLast() {
    last = true;
  }

  @Override
  public Peer peer() {
    return connection.peer();
  }

  @Override
  void write(int status, String contentType, Map<String, String> headers, ByteOutput bytes) {
    connection.write(this, status, shape(contentType, headers, false), bytes);
  }

  @Override
  void write(
      int status, String contentType, Map<String, String> headers, boolean gzip, ByteBuf bytes) {
    connection.write(this, status, shape(contentType, headers, gzip), bytes);
  }

  @Override
  StreamWire wire() {
    return new Http1Stream(connection, this);
  }

  @Override
  WebSocket upgrade(String accept, SocketHandler handler) {
    return connection.upgrade(this, accept, handler);
  }

  private HeadBlocks.Shape shape(String contentType, Map<String, String> headers, boolean gzip) {
    boolean old = head().oldProtocol();
    if (!last && !old && !gzip && headers.isEmpty() && contentType.equals(HeadBlocks.JSON)) {
      return HeadBlocks.Shape.PLAIN;
    }
    return new HeadBlocks.Shape(contentType, last, old && !last, gzip, headers);
  }
}
