package dev.topics.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// A stream over HTTP/1.1, in chunks, so that a client can tell its end from a broken connection;
/// over HTTP/1.0, which has no chunks, it lasts as long as the connection.
final class Http1Stream implements StreamWire {
  /// Shared bytes up to this length are copied: cheaper than one more piece in a gathering write.
  private static final int COPIED_BYTES_MAX = 2048;

  private static final ByteBuf LINE_END =
      Unpooled.unreleasableBuffer(
          Unpooled.directBuffer(2).writeBytes(new byte[] {'\r', '\n'}).asReadOnly());
  private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int CHUNK_HEAD_BYTES_MAX = 10;

  private final Http1Connection connection;
  private final Http1Output out;
  private final Http1Exchange exchange;
  private final boolean chunked;
  private boolean waiting;

  Http1Stream(Http1Connection connection, Http1Exchange exchange) {
    this.connection = connection;
    out = connection.out();
    this.exchange = exchange;
    chunked = !exchange.head().oldProtocol();
    if (!chunked) {
      exchange.makeLast();
    }
  }

  @Override
  public void open(String contentType) {
    Map<String, String> fields = exchange.request().shown(HeadBlocks.STREAM_FIELDS);
    ByteOutput head =
        exchange.loop().heads.streamHead(contentType, fields, chunked, exchange.last());
    head.copyTo(out.room(head.length()));
  }

  @Override
  public void write(ByteOutput head, ByteBuf body) {
    int bodyBytes = body.readableBytes();
    int bytes = head.length() + bodyBytes;
    if (bytes == 0) {
      return;
    }
    boolean copied = bodyBytes <= COPIED_BYTES_MAX;
    int room = head.length() + CHUNK_HEAD_BYTES_MAX + (copied ? bodyBytes + 2 : 0);
    ByteBuf target = out.room(room);
    if (chunked) {
      writeHex(bytes, target);
      target.writeShort('\r' << 8 | '\n');
    }
    if (copied) {
      // By way of the heap: from one direct buffer to another makes objects each time.
      head.write(body, body.readerIndex(), bodyBytes);
      head.copyTo(target);
      if (chunked) {
        target.writeShort('\r' << 8 | '\n');
      }
    } else {
      head.copyTo(target);
      out.write(body.retainedSlice());
      if (chunked) {
        out.write(LINE_END.duplicate());
      }
    }
  }

  @Override
  public void write(SharedEvent event) {
    out.write(chunked ? event.chunk() : event.event());
  }

  private static void writeHex(int value, ByteBuf target) {
    int shift = (31 - Integer.numberOfLeadingZeros(value)) / 4 * 4;
    for (; shift >= 0; shift -= 4) {
      target.writeByte(Character.forDigit(value >> shift & 15, 16));
    }
  }

  @Override
  public void flush() {
    out.flush();
    if (!waiting && out.unsentBytes() > 0) {
      waiting = true;
      exchange.loop().lookAfter(connection);
      out.whenSent(this::sent);
    }
  }

  private void sent() {
    waiting = false;
    if (out.unsentBytes() > 0) {
      flush();
    } else {
      exchange.streamTaken();
    }
  }

  @Override
  public long unsentBytes() {
    return out.unsentBytes();
  }

  @Override
  public void end() {
    if (chunked && exchange.method() != Method.HEAD) {
      out.room(LAST_CHUNK.length).writeBytes(LAST_CHUNK);
    }
    exchange.loop().lookAfter(connection);
    connection.answered(exchange);
  }

  @Override
  public void abort() {
    connection.abort();
  }
}
