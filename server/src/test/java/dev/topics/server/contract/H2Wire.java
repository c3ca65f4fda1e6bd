package dev.topics.server.contract;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/// HTTP/2 frame by frame over a plain socket, with prior knowledge.
final class H2Wire implements AutoCloseable {
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int ACK = 1;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;

  private final Wire wire;
  private final String key;
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder();
  private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
  private final Map<Integer, Stream> streams = new HashMap<>();

  H2Wire(InetSocketAddress address) {
    this(address, "");
  }

  /// @param key for each request; empty for none
  H2Wire(InetSocketAddress address, String key) {
    this.key = key;
    wire = new Wire(address);
    wire.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    frame(SETTINGS, 0, 0, new byte[0]);
  }

  private static final class Stream {
    Http2Headers headers;
    final ByteArrayOutputStream body = new ByteArrayOutputStream();
    boolean ended;

    Answer answer() {
      TreeMap<String, String> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      headers.forEach(field -> fields.put(field.getKey().toString(), field.getValue().toString()));
      return new Answer(Integer.parseInt(headers.status().toString()), fields, body.toByteArray());
    }
  }

  /// Sends a request; `json` is null for none.
  void request(int stream, String method, String path, String json) throws Http2Exception {
    Http2Headers headers =
        new DefaultHttp2Headers().method(method).path(path).scheme("http").authority("localhost");
    if (!key.isEmpty()) {
      headers.add("authorization", "Bearer " + key);
    }
    if (json != null) {
      headers.add("content-type", "application/json");
    }
    ByteBuf block = Unpooled.buffer();
    encoder.encodeHeaders(stream, headers, block);
    byte[] bytes = new byte[block.readableBytes()];
    block.readBytes(bytes).release();
    frame(HEADERS, END_HEADERS | (json == null ? END_STREAM : 0), stream, bytes);
    if (json != null) {
      frame(DATA, END_STREAM, stream, ContractServer.utf8(json));
    }
  }

  /// Reads until the answer on `stream` is complete.
  Answer read(int stream) throws Http2Exception {
    Stream wanted = streams.computeIfAbsent(stream, _ -> new Stream());
    while (!wanted.ended) {
      readFrame();
    }
    return wanted.answer();
  }

  private void readFrame() throws Http2Exception {
    ByteBuffer head = ByteBuffer.wrap(wire.readBytes(9));
    int length = (head.get() & 0xFF) << 16 | (head.getShort() & 0xFFFF);
    int type = head.get();
    int flags = head.get();
    int id = head.getInt();
    byte[] payload = wire.readBytes(length);
    if (type == HEADERS || type == DATA) {
      Stream stream = streams.computeIfAbsent(id, _ -> new Stream());
      if (type == DATA) {
        stream.body.writeBytes(payload);
      } else {
        stream.headers = decoder.decodeHeaders(id, Unpooled.wrappedBuffer(payload));
      }
      stream.ended |= (flags & END_STREAM) != 0;
    } else if ((type == SETTINGS || type == PING) && (flags & ACK) == 0) {
      frame(type, ACK, 0, type == PING ? payload : new byte[0]);
    } else if (type == 3 || type == 7) {
      throw new AssertionError("the server ended stream " + id + " by a frame of type " + type);
    }
  }

  private void frame(int type, int flags, int stream, byte[] payload) {
    ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
    frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
    frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
    wire.send(frame.array());
  }

  @Override
  public void close() {
    wire.close();
  }
}
