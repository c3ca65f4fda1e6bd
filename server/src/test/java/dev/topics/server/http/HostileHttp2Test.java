package dev.topics.server.http;

import static dev.topics.server.http.Http2Frames.CONTINUATION;
import static dev.topics.server.http.Http2Frames.DATA;
import static dev.topics.server.http.Http2Frames.END_HEADERS;
import static dev.topics.server.http.Http2Frames.END_STREAM;
import static dev.topics.server.http.Http2Frames.GOAWAY;
import static dev.topics.server.http.Http2Frames.HEADERS;
import static dev.topics.server.http.Http2Frames.NOTHING;
import static dev.topics.server.http.Http2Frames.PADDED;
import static dev.topics.server.http.Http2Frames.PING;
import static dev.topics.server.http.Http2Frames.PRIORITY;
import static dev.topics.server.http.Http2Frames.PUSH;
import static dev.topics.server.http.Http2Frames.RESET;
import static dev.topics.server.http.Http2Frames.SETTINGS;
import static dev.topics.server.http.Http2Frames.WINDOW;
import static dev.topics.server.http.Http2Frames.block;
import static dev.topics.server.http.Http2Frames.end;
import static dev.topics.server.http.Http2Frames.frame;
import static dev.topics.server.http.Http2Frames.get;
import static dev.topics.server.http.Http2Frames.ints;
import static dev.topics.server.http.Http2Frames.join;
import static dev.topics.server.http.Http2Frames.repeat;
import static dev.topics.server.http.Http2Frames.request;
import static dev.topics.server.http.Http2Frames.send;
import static dev.topics.server.http.Http2Frames.setting;
import static dev.topics.server.http.Http2Frames.upload;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What HTTP/2 can be abused for: the server ends the connection, or the stream where the harm is
/// the stream's own, and serves others as before.
final class HostileHttp2Test {
  @RegisterExtension private static final TestServer server = new TestServer();

  private static byte[] rapidResets() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int stream = 1; stream < 2_000; stream += 2) {
      all.writeBytes(request(stream, get()));
      all.writeBytes(frame(RESET, 0, stream, ints(8)));
    }
    return all.toByteArray();
  }

  static Stream<Map.Entry<String, byte[]>> abuses() {
    Map<String, byte[]> all = new LinkedHashMap<>();
    floods(all);
    frames(all);
    settings(all);
    streams(all);
    headers(all);
    return all.entrySet().stream();
  }

  private static void floods(Map<String, byte[]> all) {
    byte[] open = frame(HEADERS, END_STREAM, 1, get());
    all.put("rapid reset", rapidResets());
    all.put(
        "continuations without end",
        join(open, repeat(10_000, frame(CONTINUATION, 0, 1, block("x", "y")))));
    all.put("empty continuations", join(open, repeat(10_000, frame(CONTINUATION, 0, 1, NOTHING))));
    all.put("empty data", join(upload(1), repeat(10_000, frame(DATA, 0, 1, NOTHING))));
    all.put(
        "empty padded data",
        join(upload(1), repeat(10_000, frame(DATA, PADDED, 1, new byte[] {3, 0, 0, 0}))));
    all.put("settings", repeat(1_500_000, frame(SETTINGS, 0, 0, NOTHING)));
    all.put("pings", repeat(1_000_000, frame(PING, 0, 0, new byte[8])));
    byte[] half = block("x", "y".repeat(12_000));
    all.put(
        "long header list",
        join(
            frame(HEADERS, END_STREAM, 1, join(get(), half)),
            frame(CONTINUATION, END_HEADERS, 1, half)));
  }

  private static void frames(Map<String, byte[]> all) {
    all.put("frame too long", frame(DATA, 0, 1, new byte[16_385]));
    all.put("headers too long", frame(HEADERS, END_HEADERS, 1, new byte[16_385]));
    all.put("ping of 7 bytes", frame(PING, 0, 0, new byte[7]));
    all.put("ping on a stream", frame(PING, 0, 1, new byte[8]));
    all.put("window update of 3 bytes", frame(WINDOW, 0, 0, new byte[3]));
    all.put("window update of 0", frame(WINDOW, 0, 0, ints(0)));
    all.put("window beyond its end", repeat(2, frame(WINDOW, 0, 0, ints(Integer.MAX_VALUE))));
    all.put("reset of 3 bytes", join(upload(1), frame(RESET, 0, 1, new byte[3])));
    all.put("reset on no stream", frame(RESET, 0, 0, ints(8)));
    all.put("goaway of 7 bytes", frame(GOAWAY, 0, 0, new byte[7]));
    all.put("goaway on a stream", frame(GOAWAY, 0, 1, ints(0, 0)));
    all.put("priority of 4 bytes", frame(PRIORITY, 0, 1, new byte[4]));
    all.put("push by a client", join(upload(1), frame(PUSH, END_HEADERS, 1, ints(2))));
    all.put(
        "padding longer than its frame",
        join(upload(1), frame(DATA, PADDED, 1, new byte[] {9, 0})));
    all.put("data on no stream", frame(DATA, 0, 0, new byte[1]));
    all.put("headers on no stream", request(0, get()));
    all.put("continuation out of nothing", frame(CONTINUATION, END_HEADERS, 1, get()));
    all.put(
        "a frame between headers and continuation",
        join(frame(HEADERS, END_STREAM, 1, get()), frame(PING, 0, 0, new byte[8])));
    all.put(
        "continuation of another stream",
        join(frame(HEADERS, END_STREAM, 1, get()), frame(CONTINUATION, END_HEADERS, 3, get())));
  }

  private static void settings(Map<String, byte[]> all) {
    all.put("settings of 5 bytes", frame(SETTINGS, 0, 0, new byte[5]));
    all.put("settings on a stream", frame(SETTINGS, 0, 1, NOTHING));
    all.put("settings ack with a payload", frame(SETTINGS, 1, 0, setting(3, 1)));
    all.put("window setting beyond its end", frame(SETTINGS, 0, 0, setting(4, -1)));
    all.put("frame size below its least", frame(SETTINGS, 0, 0, setting(5, 1)));
    all.put("frame size beyond its end", frame(SETTINGS, 0, 0, setting(5, 1 << 24)));
    all.put("push setting of 2", frame(SETTINGS, 0, 0, setting(2, 2)));
  }

  private static void streams(Map<String, byte[]> all) {
    all.put("even stream", request(2, get()));
    all.put("data on an idle stream", frame(DATA, 0, 5, new byte[1]));
    all.put("reset of an idle stream", frame(RESET, 0, 5, ints(8)));
    all.put("window of an idle stream", frame(WINDOW, 0, 5, ints(1)));
    all.put("data behind the end of a stream", join(request(1, get()), frame(DATA, 0, 1, NOTHING)));
    all.put(
        "data behind the end of an upload",
        join(
            upload(1),
            frame(DATA, END_STREAM, 1, new byte[] {'1'}),
            frame(DATA, END_STREAM, 1, new byte[] {'1'})));
    all.put("headers behind the end of a stream", join(request(1, get()), request(1, get())));
    all.put("a stream before the last", join(request(5, get()), request(3, get())));
  }

  private static void headers(Map<String, byte[]> all) {
    all.put("index 0", request(1, new byte[] {(byte) 0x80}));
    all.put("index beyond the table", request(1, new byte[] {(byte) 0xff, 0x7f}));
    all.put("number without end", request(1, repeat(20, new byte[] {(byte) 0xff, (byte) 0xff})));
    all.put(
        "table larger than allowed", request(1, new byte[] {0x3f, (byte) 0xe1, (byte) 0xff, 3}));
    all.put("string beyond the block", request(1, new byte[] {0, 120, 'x'}));
    all.put("bad huffman", request(1, new byte[] {0, (byte) 0x84, -1, -1, -1, -1, 0}));
    all.put("another host than the authority", request(1, get("host", "b")));
    all.put("two hosts", request(1, get("host", "a", "host", "b")));
    all.put(
        "a host that is none",
        request(
            1,
            block(":method", "GET", ":path", "/health", ":scheme", "http", ":authority", "a b")));
    all.put("upper case name", request(1, get("X-Y", "z")));
    all.put("connection field", request(1, get("connection", "close")));
    all.put("transfer-encoding field", request(1, get("transfer-encoding", "chunked")));
    all.put("unknown pseudo field", request(1, get(":x", "y")));
    all.put("pseudo field twice", request(1, get(":path", "/x")));
    all.put("pseudo field of an answer", request(1, get(":status", "200")));
    all.put("no path", request(1, block(":method", "GET", ":scheme", "http", ":authority", "a")));
    all.put("no method", request(1, block(":path", "/", ":scheme", "http", ":authority", "a")));
    all.put(
        "pseudo field behind others",
        request(1, block(":method", "GET", "x", "y", ":path", "/", ":scheme", "http")));
    all.put("line break in a value", request(1, get("x", "y\r\nz: q")));
    all.put("nul in a value", request(1, get("x", "y\u0000")));
    all.put("nul in a name", request(1, get("x\u0000", "y")));
  }

  @ParameterizedTest
  @MethodSource("abuses")
  void endsTheConnectionOrTheStream(Map.Entry<String, byte[]> abuse) throws Exception {
    try (Socket socket = new Socket()) {
      socket.setReceiveBufferSize(8192);
      socket.connect(server.address());
      socket.setSoTimeout((int) Duration.ofSeconds(60).toMillis());
      Thread sender = Thread.ofVirtual().start(() -> send(socket, abuse.getValue()));
      boolean floods = abuse.getValue().length > 1_000_000;
      if (floods) {
        assertThat(sender.join(Duration.ofMinutes(2))).as("the server stopped reading").isTrue();
      }
      String end = end(new BufferedInputStream(socket.getInputStream()));
      // Of a flood the server may have closed before all that it answered was taken.
      assertThat(end).as(abuse.getKey()).isIn("goaway", "reset", "400", floods ? "closed" : "400");
    }
    try (RawClient client = server.connect()) {
      assertThat(client.sendLines("GET /health HTTP/1.1", "Host: a", "").read().status())
          .isEqualTo(200);
    }
  }
}
