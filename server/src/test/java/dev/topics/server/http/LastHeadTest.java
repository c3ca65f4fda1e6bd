package dev.topics.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.server.auth.Permission;
import dev.topics.server.http.Route.BodyRule;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What repeats itself from head to head, against a reader that has seen nothing before.
final class LastHeadTest {
  private static final int HEAD_BYTES_MAX = 200;
  private static final String FIELDS = "Host: a\r\nAuthorization: Bearer k\r\nX: y\r\n";
  private static final List<AsciiString> NAMES =
      List.of(
          HttpHeaderNames.HOST,
          HttpHeaderNames.AUTHORIZATION,
          HttpHeaderNames.CONTENT_TYPE,
          AsciiString.of("x"));

  private static final Router ROUTER = router();

  private final PlainHead parser = new PlainHead();
  private final LastHead reader = new LastHead(parser, HEAD_BYTES_MAX);

  private static Router router() {
    Router.Builder routes = Router.builder();
    for (Method method : List.of(Method.GET, Method.PUT, Method.POST)) {
      routes.add(method, "/{x}", BodyRule.IGNORED, Permission.READ, exchange -> {});
    }
    return routes.build();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private RequestHead read(String head) {
    byte[] bytes = bytes(head);
    assertThat(reader.read(bytes, 0, bytes.length)).as(head).isEqualTo(bytes.length);
    return reader.head();
  }

  private static String post(String target, String length) {
    return "POST " + target + " HTTP/1.1\r\n" + FIELDS + "Content-Length: " + length + " \r\n\r\n";
  }

  @Test
  void fieldsThatRepeatAreTheSameWhateverTheLineAndTheLength() {
    RequestHead first = read(post("/a?x=1", "7"));
    RequestHead second = read(post("/b?x=1", "12345"));
    assertThat(second.fields()).isSameAs(first.fields());
    assertThat(first.bodyBytes()).isEqualTo(7);
    assertThat(second.bodyBytes()).isEqualTo(12_345);
    assertThat(read(post("/a?x=1", "123456789012345678")).bodyBytes())
        .isEqualTo(123_456_789_012_345_678L);
    assertThat(read("GET /b HTTP/1.1\r\n" + FIELDS + "\r\n").bodyBytes()).isZero();
  }

  @Test
  void aQueryThatRepeatsIsParsedOnce() {
    Query first = read(post("/a?x=1", "7")).query();
    assertThat(read(post("/b?x=1", "7")).query()).isSameAs(first);
    assertThat(read(post("/b?x=12", "7")).query().text("x")).isEqualTo("12");
    assertThat(read(post("/bx=12", "7")).query().text("x")).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-1",
        "+1",
        "1,1",
        "1 1",
        "0x1",
        "1\r\nContent-Length: 1",
        "1234567890123456789"
      })
  void aLengthThatIsNoneIsNoneBehindOneThatIs(String length) {
    read(post("/a", "7"));
    byte[] bytes = bytes(post("/a", length));
    assertThat(reader.read(bytes, 0, bytes.length)).isEqualTo(PlainHead.OTHER);
  }

  @Test
  void nothingIsRecognisedBeforeTheFirstHead() {
    for (String fields : List.of("", "\u0000", "\r\n", "\u0000\r\n\r\n")) {
      byte[] bytes = bytes("GET / HTTP/1.1\r\n" + fields);
      LastHead fresh = new LastHead(parser, HEAD_BYTES_MAX);
      assertThat(fresh.read(bytes, 0, bytes.length)).isLessThanOrEqualTo(0);
    }
  }

  @Test
  void aHeadThatIsTooLongIsSoWithFieldsThatRepeat() {
    read(post("/a", "7"));
    String target = "/a" + "a".repeat(HEAD_BYTES_MAX - post("/a", "7").length());
    read(post(target, "7"));
    byte[] bytes = bytes(post(target + "a", "7"));
    assertThat(reader.read(bytes, 0, bytes.length)).isEqualTo(PlainHead.OTHER);
  }

  @Test
  void eachBeginningOfAHeadThatRepeatsIsIncomplete() {
    byte[] whole = bytes(post("/a", "71"));
    for (int length = 1; length < whole.length; length++) {
      read(post("/a", "71"));
      assertThat(reader.read(Arrays.copyOf(whole, length), 0, length))
          .isEqualTo(PlainHead.INCOMPLETE);
    }
  }

  @Test
  void whatCameBeforeMakesNoDifference() {
    Random random = new Random(20_261_127);
    String[] heads = {
      post("/a?x=1", "12"),
      post("/bc?x=1", "3"),
      "PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Type: application/json\r\n\r\n",
      "GET /a?x=%zz HTTP/1.1\r\n" + FIELDS + "\r\n",
      "GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    };
    int taken = 0;
    for (int trial = 0; trial < 100_000; trial++) {
      String head = heads[random.nextInt(heads.length)];
      String mutant = random.nextInt(3) == 0 ? head : mutated(head, random);
      byte[] bytes = bytes("#" + mutant + "1234567");
      int end = random.nextInt(4) == 0 ? 1 + random.nextInt(bytes.length) : bytes.length;
      LastHead fresh = new LastHead(parser, HEAD_BYTES_MAX);
      int expected = fresh.read(bytes, 1, end);
      assertThat(reader.read(bytes, 1, end)).as(mutant).isEqualTo(expected);
      if (expected > 0) {
        taken++;
        assertSame(mutant, reader.head(), fresh.head());
      }
    }
    assertThat(taken).isBetween(20_000, 90_000);
  }

  private static String mutated(String head, Random random) {
    String common = "\r\n :,\t;=/?%019aZ\u0000\u007f\u00ff";
    String middle = "" + common.charAt(random.nextInt(common.length()));
    int at = random.nextInt(head.length());
    int cut = random.nextInt(2);
    return head.substring(0, at)
        + (random.nextInt(3) == 0 ? "" : middle)
        + head.substring(at + cut);
  }

  private static void assertSame(String shown, RequestHead one, RequestHead other) {
    assertThat(one.method()).as(shown).isEqualTo(other.method());
    assertThat(one.bodyBytes()).as(shown).isEqualTo(other.bodyBytes());
    assertThat(one.keepAlive()).as(shown).isEqualTo(other.keepAlive());
    assertThat(one.isJson()).as(shown).isEqualTo(other.isJson());
    assertThat(query(one)).as(shown).isEqualTo(query(other));
    assertThat(route(one)).as(shown).isEqualTo(route(other));
    for (AsciiString name : NAMES) {
      assertThat(one.headers().get(name)).as(shown).isEqualTo(other.headers().get(name));
    }
  }

  /// The only part of the path, or why it has no route.
  static String route(RequestHead head) {
    try {
      return head.match(ROUTER).parameters().toString();
    } catch (Rejected e) {
      return e.problem().code().name();
    }
  }

  private static String query(RequestHead head) {
    try {
      return head.query().text("x", "none");
    } catch (Rejected e) {
      return e.problem().code().name();
    }
  }
}
