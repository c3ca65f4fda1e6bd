package dev.topics.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.server.http.RawClient.Reply;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Compressed requests and answers.
final class GzipTest {
  @RegisterExtension private final TestServer server = new TestServer();

  @AfterEach
  void noBodyIsLeft() {
    server.awaitBodyBytesHeld(0);
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  private Reply post(String path, byte[] body) throws IOException {
    String head =
        "POST "
            + path
            + " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            + "Content-Encoding: gzip\r\nContent-Length: "
            + body.length
            + "\r\n\r\n";
    try (RawClient client = server.connect()) {
      return client.send(head).send(body).read();
    }
  }

  @Test
  void aCompressedBodyIsDecoded() throws IOException {
    assertThat(post("/echo", gzip("{\"a\":1}".getBytes(StandardCharsets.UTF_8))).text())
        .isEqualTo("{\"a\":1}");
  }

  @Test
  void aBodyOfTwoMembersIsDecoded() throws IOException {
    byte[] one = gzip("[1,".getBytes(StandardCharsets.UTF_8));
    byte[] two = gzip("2]".getBytes(StandardCharsets.UTF_8));
    byte[] both = Arrays.copyOf(one, one.length + two.length);
    System.arraycopy(two, 0, both, one.length, two.length);
    assertThat(post("/echo", both).text()).isEqualTo("[1,2]");
  }

  @Test
  void aHeaderWithEveryOptionalPartIsRead() throws IOException {
    byte[] plain = gzip("{}".getBytes(StandardCharsets.UTF_8));
    ByteArrayOutputStream full = new ByteArrayOutputStream();
    full.write(plain, 0, 3);
    full.write(4 | 8 | 16 | 2);
    full.write(plain, 4, 6);
    full.write(new byte[] {2, 0, 'x', 'y'});
    full.write("name\0comment\0".getBytes(StandardCharsets.UTF_8));
    full.write(new byte[] {0, 0});
    full.write(plain, 10, plain.length - 10);
    assertThat(post("/echo", full.toByteArray()).text()).isEqualTo("{}");
  }

  @Test
  void theDecodedSizeCountsAgainstTheLimit() throws IOException {
    assertThat(post("/length", gzip(new byte[1 << 20])).text()).startsWith("{\"bytes\":1048576");
    assertThat(post("/length", gzip(new byte[(1 << 20) + 1])).status()).isEqualTo(413);
    assertThat(post("/length", gzip(new byte[200 << 20])).status()).isEqualTo(413);
  }

  @Test
  void aBrokenStreamIsRefusedWhereverItBreaks() throws IOException {
    byte[] good = gzip("{\"some\":\"text that compresses\"}".getBytes(StandardCharsets.UTF_8));
    for (int length = 1; length < good.length; length++) {
      assertThat(post("/echo", Arrays.copyOf(good, length)).status()).isEqualTo(400);
    }
    for (int flipped : new int[] {0, 1, 2, 12, good.length - 8, good.length - 1}) {
      byte[] bad = good.clone();
      bad[flipped] ^= 0x40;
      assertThat(post("/echo", bad).status()).as("byte %d", flipped).isEqualTo(400);
    }
    assertThat(post("/echo", Arrays.copyOf(good, good.length + 1)).status()).isEqualTo(400);
    assertThat(post("/echo", "{}".getBytes(StandardCharsets.UTF_8)).status()).isEqualTo(400);
  }

  @Test
  void anUnknownCodingIsRefused() throws IOException {
    try (RawClient client = server.connect()) {
      Reply reply =
          client
              .send(
                  "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                      + "Content-Encoding: br\r\nContent-Length: 2\r\n\r\n{}")
              .read();
      assertThat(reply.status()).isEqualTo(415);
    }
  }

  @Test
  void onlyLargeAnswersToClientsThatAskAreCompressed() throws IOException {
    try (RawClient client = server.connect()) {
      String head = " HTTP/1.1\r\nHost: a\r\nAccept-Encoding: br, GZIP;q=0.5\r\n\r\n";
      Reply large = client.send("GET /size/100000" + head).read();
      assertThat(large.header("content-encoding")).isEqualTo("gzip");
      assertThat(large.header("vary")).isEqualToIgnoringCase("accept-encoding");
      assertThat(large.body().length).isLessThan(5000);
      byte[] plain = new GZIPInputStream(new ByteArrayInputStream(large.body())).readAllBytes();
      assertThat(plain).hasSize(100_000).startsWith('"', 'x', 'x');

      assertThat(client.send("GET /size/1024" + head).read().header("content-encoding")).isEmpty();
      String refused = " HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip;q=0\r\n\r\n";
      assertThat(client.send("GET /size/9000" + refused).read().body()).hasSize(9000);
      assertThat(client.send("GET /size/9000 HTTP/1.1\r\nHost: a\r\n\r\n").read().body())
          .hasSize(9000);
    }
  }
}
