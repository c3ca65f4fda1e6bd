package dev.topics.server.http;

import static dev.topics.server.http.Http2Frames.DATA;
import static dev.topics.server.http.Http2Frames.END_HEADERS;
import static dev.topics.server.http.Http2Frames.END_STREAM;
import static dev.topics.server.http.Http2Frames.GOAWAY;
import static dev.topics.server.http.Http2Frames.HEADERS;
import static dev.topics.server.http.Http2Frames.NOTHING;
import static dev.topics.server.http.Http2Frames.PING;
import static dev.topics.server.http.Http2Frames.PRIORITY;
import static dev.topics.server.http.Http2Frames.RESET;
import static dev.topics.server.http.Http2Frames.SETTINGS;
import static dev.topics.server.http.Http2Frames.WINDOW;
import static dev.topics.server.http.Http2Frames.block;
import static dev.topics.server.http.Http2Frames.frame;
import static dev.topics.server.http.Http2Frames.get;
import static dev.topics.server.http.Http2Frames.ints;
import static dev.topics.server.http.Http2Frames.join;
import static dev.topics.server.http.Http2Frames.repeat;
import static dev.topics.server.http.Http2Frames.request;
import static dev.topics.server.http.Http2Frames.send;
import static dev.topics.server.http.Http2Frames.upload;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Attacks that have a name, kept up by a client that reads all that it is told: none is only
/// slowed down or answered for as long as it goes on, each ends the connection.
final class Http2AbuseTest {
  private static final int STREAMS = 3_000;
  private static final int FRAMES = 300_000;
  private static final int UNKNOWN = 0x42;
  private static final int PRIORITY_UPDATE = 0x10;
  private static final int WHOLE_BYTES = 4096;

  @RegisterExtension private static final TestServer server = new TestServer();

  static Stream<Map.Entry<String, byte[]>> attacks() {
    Map<String, byte[]> all = new LinkedHashMap<>();
    bombs(all);
    resets(all);
    priorities(all);
    idle(all);
    return all.entrySet().stream();
  }

  /// `abuse` on one stream after the other.
  private static byte[] onStreams(int streams, IntFunction<byte[]> abuse) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < streams; i++) {
      all.writeBytes(abuse.apply(2 * i + 1));
    }
    return all.toByteArray();
  }

  /// A field that the table of the connection remembers.
  private static byte[] remembered(String name, String value) {
    byte[] field = block(name, value);
    field[0] = 0x40;
    return field;
  }

  /// HPACK bombs: a byte of the block stands for a field of up to 4 KiB.
  private static void bombs(Map<String, byte[]> all) {
    byte[] large = remembered("x", "y".repeat(WHOLE_BYTES - 40));
    byte[] again = repeat(12_000, new byte[] {(byte) 0xbe});
    all.put(
        "HPACK bomb",
        join(request(1, join(get(), large)), onStreams(STREAMS, i -> request(i + 2, again))));
    byte[] small = remembered("x", "");
    all.put(
        "HPACK bomb of empty fields",
        join(request(1, join(get(), small)), onStreams(STREAMS, i -> request(i + 2, again))));
    byte[] crumb = remembered("cookie", "a=b");
    all.put(
        "cookie crumbs",
        join(
            request(1, join(get(), crumb)),
            onStreams(STREAMS, i -> request(i + 2, join(get(), again)))));
    all.put(
        "fields without a name",
        onStreams(STREAMS, i -> request(i, join(get(), repeat(4_000, new byte[] {0, 0, 0})))));
  }

  /// MadeYouReset: the server is made to reset what it has begun to work on.
  private static void resets(Map<String, byte[]> all) {
    byte[] hold = block(":method", "GET", ":path", "/hold", ":scheme", "http", ":authority", "a");
    Map<String, IntFunction<byte[]>> provocations = new LinkedHashMap<>();
    provocations.put("window update of 0", i -> frame(WINDOW, 0, i, ints(0)));
    provocations.put("window beyond its end", i -> frame(WINDOW, 0, i, ints(Integer.MAX_VALUE)));
    provocations.put("dependency on itself", i -> frame(PRIORITY, 0, i, depends(i)));
    provocations.put("data behind the end", i -> frame(DATA, 0, i, NOTHING));
    provocations.put("headers behind the end", i -> request(i, get()));
    provocations.put("priority of 4 bytes", i -> frame(PRIORITY, 0, i, new byte[4]));
    provocations.forEach((name, abuse) ->
        all.put(
            "MadeYouReset, " + name,
            onStreams(STREAMS, i -> join(request(i, hold), abuse.apply(i)))));
    all.put(
        "MadeYouReset, malformed requests", onStreams(STREAMS, i -> request(i, get("X-Y", "z"))));
    all.put(
        "MadeYouReset, more than announced",
        onStreams(
            STREAMS,
            i ->
                join(
                    frame(HEADERS, END_HEADERS, i, get("content-length", "1")),
                    frame(DATA, END_STREAM, i, new byte[2]))));
    all.put("too many at once", onStreams(STREAMS, i -> request(i, hold)));
  }

  private static byte[] depends(int stream) {
    return join(ints(stream), new byte[] {1});
  }

  private static void priorities(Map<String, byte[]> all) {
    all.put("priority flood", repeat(FRAMES, frame(PRIORITY, 0, 1, depends(0))));
    all.put(
        "priority flood on an open stream",
        join(upload(1), repeat(FRAMES, frame(PRIORITY, 0, 1, depends(0)))));
    all.put(
        "priority flood on new streams", onStreams(FRAMES, i -> frame(PRIORITY, 0, i, depends(0))));
    all.put(
        "priorities shuffled",
        join(
            upload(1),
            upload(3),
            repeat(
                FRAMES / 2, frame(PRIORITY, 0, 1, depends(3)), frame(PRIORITY, 0, 3, depends(1)))));
    byte[] update = join(ints(1), "u=1".getBytes(StandardCharsets.US_ASCII));
    all.put("priority update flood", repeat(FRAMES, frame(PRIORITY_UPDATE, 0, 0, update)));
  }

  /// Frames that are allowed and carry nothing.
  private static void idle(Map<String, byte[]> all) {
    all.put("windows by one byte", repeat(FRAMES, frame(WINDOW, 0, 0, ints(1))));
    all.put(
        "windows of a stream by one byte",
        join(upload(1), repeat(FRAMES, frame(WINDOW, 0, 1, ints(1)))));
    all.put(
        "windows of a stream that has ended",
        join(request(1, get()), repeat(FRAMES, frame(WINDOW, 0, 1, ints(1)))));
    all.put("unknown frames", repeat(FRAMES, frame(UNKNOWN, 0, 0, NOTHING)));
    all.put(
        "unknown frames on a stream",
        join(upload(1), repeat(FRAMES, frame(UNKNOWN, 0, 1, NOTHING))));
    all.put("pings that are read", repeat(FRAMES, frame(PING, 0, 0, new byte[8])));
    all.put("answers to no ping", repeat(FRAMES, frame(PING, 1, 0, new byte[8])));
    all.put("settings that are read", repeat(FRAMES, frame(SETTINGS, 0, 0, NOTHING)));
    all.put("answers to no settings", repeat(FRAMES, frame(SETTINGS, 1, 0, NOTHING)));
    all.put(
        "farewells without end", repeat(FRAMES, frame(GOAWAY, 0, 0, ints(Integer.MAX_VALUE, 0))));
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void endTheConnection(Map.Entry<String, byte[]> attack) throws Exception {
    try (Socket socket = new Socket()) {
      socket.connect(server.address());
      socket.setSoTimeout((int) Duration.ofSeconds(20).toMillis());
      Thread sender = Thread.ofVirtual().start(() -> send(socket, attack.getValue()));
      assertThat(answersUntilTheEnd(socket.getInputStream()))
          .as("answers to %s", attack.getKey())
          .isLessThan(STREAMS / 2);
      assertThat(sender.join(Duration.ofSeconds(30))).as("nobody waits for the server").isTrue();
    }
    // A held request ends with its stream, and 300 resets are more than either side has.
    assertThat(server.held).hasSizeLessThan(500);
    server.held.clear();
    try (RawClient client = server.connect()) {
      assertThat(client.sendLines("GET /health HTTP/1.1", "Host: a", "").read().status())
          .isEqualTo(200);
    }
  }

  /// How many streams were answered or reset before the connection ended.
  private static int answersUntilTheEnd(InputStream in) throws IOException {
    int answers = 0;
    try {
      while (true) {
        byte[] head = in.readNBytes(9);
        if (head.length < 9) {
          return answers;
        }
        int length = (head[0] & 0xff) << 16 | (head[1] & 0xff) << 8 | (head[2] & 0xff);
        in.skipNBytes(length);
        answers += head[3] == HEADERS || head[3] == RESET ? 1 : 0;
      }
    } catch (SocketException | EOFException e) {
      return answers;
    }
  }
}
