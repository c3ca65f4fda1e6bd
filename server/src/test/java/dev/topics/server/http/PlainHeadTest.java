package dev.topics.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The parser of plain heads, against Netty's as its oracle.
final class PlainHeadTest {
  private static final int HEAD_BYTES_MAX = 16 << 10;
  private static final String[] HEADS = {
    head(
        "POST /v0/topics/jobs HTTP/1.1",
        "Host: a",
        "Content-Type: application/json",
        "Content-Length: 12"),
    head("GET /v0/topics?prefix=a&page_size=2 HTTP/1.1", "host:a:4000", "Accept: */*"),
    head("PUT /v0/topics/a%2Fb HTTP/1.1", "User-Agent: \t x y \t", "HOST: a", "connection: Close"),
    head(
        "DELETE /x HTTP/1.1",
        "Host: a-b.c:80",
        "Content-length: 0",
        "Connection: keep-alive",
        "X-Y: \u00e9"),
  };

  private final PlainHead parser = new PlainHead();
  private LastHead reader = new LastHead(parser, HEAD_BYTES_MAX);

  private static String head(String... lines) {
    return String.join("\r\n", lines) + "\r\n\r\n";
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private int parse(byte[] bytes) {
    reader = new LastHead(parser, HEAD_BYTES_MAX);
    return reader.read(bytes, 0, bytes.length);
  }

  @Test
  void aHeadIsWhatItSays() {
    byte[] bytes = bytes("junk" + HEADS[0] + "the body");
    assertThat(reader.read(bytes, 4, bytes.length)).isEqualTo(4 + HEADS[0].length());
    RequestHead head = reader.head();
    assertThat(head.method()).isEqualTo(Method.POST);
    assertThat(head.bodyBytes()).isEqualTo(12);
    assertThat(head.isJson()).isTrue();
    assertThat(head.keepAlive()).isTrue();
    assertThat(head.headers().get(AsciiString.of("host"))).isEqualTo("a");
    assertThat(head.headers().get(AsciiString.of("accept"))).isNull();
  }

  @Test
  void eachBeginningOfAHeadIsIncomplete() {
    for (String head : HEADS) {
      byte[] whole = bytes(head);
      for (int length = 1; length < whole.length; length++) {
        assertThat(parse(Arrays.copyOf(whole, length))).isEqualTo(PlainHead.INCOMPLETE);
      }
      assertThat(parse(whole)).isEqualTo(whole.length);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.0\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",
        "GET / HTTP/1.1\nHost: a\n\n",
        "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1234567890123456789\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n",
      })
  void whatIsNotPlainIsLeftAlone(String head) {
    assertThat(parse(bytes(head))).isEqualTo(PlainHead.OTHER);
  }

  @Test
  void aHeadThatNeverEndsIsLeftAlone() {
    byte[] endless = bytes("GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(HEAD_BYTES_MAX));
    assertThat(parse(endless)).isEqualTo(PlainHead.OTHER);
  }

  @Test
  void whatItTakesNettyReadsTheSameWay() {
    Random random = new Random(20_261_123);
    int taken = 0;
    for (int trial = 0; trial < 20_000; trial++) {
      byte[] mutant = bytes(HEADS[random.nextInt(HEADS.length)]);
      for (int change = random.nextInt(3); change >= 0; change--) {
        mutant = mutated(mutant, random);
      }
      int end = parse(mutant);
      if (end > 0) {
        taken++;
        agreeWithNetty(Arrays.copyOf(mutant, end));
      }
    }
    assertThat(taken).isBetween(2_000, 18_000);
  }

  private static byte[] mutated(byte[] bytes, Random random) {
    String common = "\r\n :,\t;=/?%0aZ\u0000\u007f\u00ff";
    int at = random.nextInt(bytes.length);
    byte b = (byte) common.charAt(random.nextInt(common.length()));
    return switch (random.nextInt(4)) {
      case 0 -> {
        byte[] changed = bytes.clone();
        changed[at] = b;
        yield changed;
      }
      case 1 -> spliced(bytes, at, at + 1, new byte[0]);
      case 2 -> spliced(bytes, at, at, new byte[] {b});
      default -> {
        int from = random.nextInt(bytes.length);
        int end = Math.min(bytes.length, from + random.nextInt(20));
        yield spliced(bytes, at, at, Arrays.copyOfRange(bytes, from, end));
      }
    };
  }

  private static byte[] spliced(byte[] bytes, int from, int end, byte[] middle) {
    byte[] all = Arrays.copyOf(bytes, bytes.length - (end - from) + middle.length);
    System.arraycopy(middle, 0, all, from, middle.length);
    System.arraycopy(bytes, end, all, from + middle.length, bytes.length - end);
    return all;
  }

  private void agreeWithNetty(byte[] head) {
    RequestHead ours = reader.head();
    EmbeddedChannel channel =
        new EmbeddedChannel(
            new HttpRequestDecoder(
                new HttpDecoderConfig()
                    .setStrictLineParsing(true)
                    .setUseRfc9112TransferEncoding(true)
                    .setMaxHeaderSize(HEAD_BYTES_MAX)));
    channel.writeInbound(Unpooled.wrappedBuffer(head));
    HttpRequest theirs = channel.readInbound();
    String shown = new String(head, StandardCharsets.ISO_8859_1);
    assertThat(theirs).as(shown).isNotNull();
    assertThat(theirs.decoderResult().isSuccess()).as(shown).isTrue();
    assertThat(ours.method().name()).isEqualTo(theirs.method().name());
    RequestLine line = new RequestLine(ours.method(), theirs.uri(), false);
    assertThat(LastHeadTest.route(ours))
        .as(shown)
        .isEqualTo(LastHeadTest.route(new RequestHead(line, ours.fields(), 0)));
    HttpHeaders fields = theirs.headers();
    for (String name : fields.names()) {
      if (!name.equalsIgnoreCase("content-length")) {
        AsciiString lower = AsciiString.of(name.toLowerCase(Locale.ROOT));
        assertThat(ours.headers().get(lower)).as(shown).isEqualTo(fields.get(name));
      }
    }
    long length = Long.parseLong(fields.get("content-length", "0"));
    assertThat(ours.bodyBytes()).as(shown).isEqualTo(length);
    assertThat(fields.getAll("host")).hasSize(1);
    ReferenceCountUtil.release(theirs);
    channel.finishAndReleaseAll();
  }
}
