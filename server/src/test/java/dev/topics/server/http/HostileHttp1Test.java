package dev.topics.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Requests that are no HTTP/1.1, or that two servers could read differently: each is answered with
/// 400 once, the connection is closed, and what hides behind it is not served.
final class HostileHttp1Test {
  private static final String SMUGGLED = "GET /health?smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

  @RegisterExtension private static final TestServer server = new TestServer();

  private static String get(String line) {
    return line + "\r\nHost: a\r\n\r\n";
  }

  private static String field(String field) {
    return "GET /health HTTP/1.1\r\nHost: a\r\n" + field + "\r\n\r\n";
  }

  private static String post(String fields, String body) {
    return "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
        + fields
        + "\r\n\r\n"
        + body;
  }

  private static String chunked(String body) {
    return post("Transfer-Encoding: chunked", body);
  }

  static Stream<String> corpus() {
    List<String> all = new ArrayList<>();
    requestLines(all);
    hosts(all);
    fields(all);
    lengths(all);
    codings(all);
    chunks(all);
    floods(all);
    return all.stream();
  }

  private static void requestLines(List<String> all) {
    for (String line :
        List.of(
            "GET  /health HTTP/1.1",
            "GET /health  HTTP/1.1",
            "GET\t/health HTTP/1.1",
            "GET /health\tHTTP/1.1",
            " GET /health HTTP/1.1",
            "\tGET /health HTTP/1.1",
            "GET /health HTTP/1.1 ",
            "GET /health HTTP/1.1\t",
            "GET /health HTTP/1.1 x",
            "GET /health",
            "GET",
            "GET /health ",
            "GET HTTP/1.1",
            "GET /heal th HTTP/1.1",
            "GET /health HTTP/1.1\rX: y",
            "GET /health\u000b HTTP/1.1",
            "GET\u000b/health HTTP/1.1",
            "GET\u000c/health HTTP/1.1",
            "GET /health\u0000 HTTP/1.1",
            "GET /\u0001health HTTP/1.1",
            "GET /\u007fhealth HTTP/1.1",
            "GET /he\u00e4lth HTTP/1.1",
            "GET /health HTTP/1.2",
            "GET /health HTTP/2.0",
            "GET /health HTTP/0.9",
            "GET /health HTTP/3",
            "GET /health HTTP/11",
            "GET /health HTTP/1.10",
            "GET /health HTTP/1.",
            "GET /health HTTP/.1",
            "GET /health HTTP/x.y",
            "GET /health http/1.1",
            "GET /health Http/1.1",
            "GET /health HTTPS/1.1",
            "GET /health XTTP/1.1",
            "GET /health HTTP1.1",
            "GET /health HTTP /1.1",
            "GET /health HTTP/ 1.1",
            "GET /health HTTP/1 .1",
            "G\u0000T /health HTTP/1.1",
            "GE(T /health HTTP/1.1",
            "GE,T /health HTTP/1.1",
            "GE:T /health HTTP/1.1",
            "\"GET\" /health HTTP/1.1",
            "G\u00c9T /health HTTP/1.1")) {
      all.add(get(line));
    }
    all.add("GET /health HTTP/1.1\nHost: a\n\n");
    all.add("GET /health HTTP/1.1\nHost: a\r\n\r\n");
    all.add("GET /health HTTP/1.1\r\nHost: a\n\r\n");
    all.add("GET /health HTTP/1.1\r\nHost: a\r\n\n");
    all.add("GET /health HTTP/1.1\r\nHost: a\n\n");
    all.add("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003\r\n\r\n");
    all.add("SSH-2.0-OpenSSH_9.2\r\n\r\n");
    all.add("{\"json\": true}\r\n\r\n");
    all.add("PRI * HTTP/1.1\r\nHost:  a b\r\n\r\n");
  }

  private static void hosts(List<String> all) {
    all.add("GET /health HTTP/1.1\r\n\r\n");
    all.add("GET /health HTTP/1.1\r\nX: y\r\n\r\n");
    all.add("GET /health HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n");
    all.add("GET /health HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n");
    all.add("GET /health HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n");
    for (String host :
        List.of(
            "",
            " ",
            "a b",
            "a,b",
            "a/b",
            "a?b",
            "a#b",
            "a\\b",
            "a@b",
            "user:pass@a",
            "http://a",
            "a:b",
            "a:80:80",
            "a:-1",
            "a:+1",
            "a:123456",
            "a: 80",
            ":80",
            "[",
            "[]",
            "[::1",
            "::1]",
            "[::1]x",
            "[::1]:x",
            "[g::1]x",
            "a\"b",
            "<a>",
            "a;b",
            "\u00e4")) {
      all.add("GET /health HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    }
  }

  private static void fields(List<String> all) {
    for (char c : " \t\"(),/;<=>?@[\\]{}\u0000\u0001\u007f\u00e4".toCharArray()) {
      all.add(field("X" + c + "Y: z"));
    }
    all.add(field("X : y"));
    all.add(field("X\t: y"));
    all.add(field(" X: y"));
    all.add(field("\tX: y"));
    all.add(field(": y"));
    all.add(field(" : y"));
    all.add(field("X"));
    all.add(field("X y"));
    all.add(field("X: y\r\n folded"));
    all.add(field("X: y\r\n\tfolded"));
    all.add(field("X: y\r\n Content-Length: 5"));
    all.add(field("X: y\r\n "));
    all.add("GET /health HTTP/1.1\r\n Host: a\r\n\r\n");
    all.add("GET /health HTTP/1.1\r\n\tHost: a\r\n\r\n");
    for (char c : "\u0000\u0001\u0008\u000b\u000c\u001b\u007f".toCharArray()) {
      all.add(field("X: y" + c + "z"));
    }
    all.add(field("X: y\rz"));
    all.add(field("X: y\rEvil: z"));
    all.add(field("X: y\nEvil: z"));
    all.add(field("X: y\n\r\n"));
  }

  private static void lengths(List<String> all) {
    for (String length :
        List.of(
            "-1",
            "+1",
            "1.0",
            "1e0",
            "0x1",
            "1a",
            "a",
            "1 1",
            "1,1",
            "1, 1",
            "1,2",
            "1;",
            "\"1\"",
            "'1'",
            "",
            " ",
            "\u0661",
            "9223372036854775808",
            "18446744073709551617",
            "99999999999999999999999999",
            "0000000000000000000000001")) {
      all.add(post("Content-Length: " + length, "1"));
    }
    all.add(post("Content-Length: 1\r\nContent-Length: 1", "1"));
    all.add(post("Content-Length: 1\r\nContent-Length: 2", "12"));
    all.add(post("Content-Length: 1\r\ncontent-length: 2", "12"));
    all.add(post("Content-Length : 1", "1"));
    all.add(post("Content-Length: 1\r\n Content-Length: 2", "12"));
    all.add(post("Content-Length\u0000: 1", "1"));
  }

  private static void codings(List<String> all) {
    String end = "0\r\n\r\n";
    for (String coding :
        List.of(
            "identity",
            "gzip",
            "xchunked",
            "chunkedx",
            "chunked, chunked",
            "chunked, identity",
            "identity, chunked",
            "gzip, chunked",
            "chunked;q=1",
            "chunked, ",
            ", chunked",
            "\"chunked\"",
            "\u000bchunked",
            "chunked\u000b",
            "chu nked",
            "",
            "cow",
            "chunked\u0000")) {
      all.add(post("Transfer-Encoding: " + coding, end));
    }
    all.add(post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", end));
    all.add(post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", end));
    all.add(post("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked", end));
    all.add(post("Transfer-Encoding : chunked", end));
    all.add(post("Transfer-Encoding\t: chunked", end));
    all.add(post("Transfer-Encoding:\r\n chunked", end));
    all.add(post("Content-Length: 5\r\nTransfer-Encoding: chunked", end));
    all.add(post("Transfer-Encoding: chunked\r\nContent-Length: 5", end));
    all.add(post("Content-Length: 0\r\nTransfer-Encoding: chunked", end));
    all.add("POST /echo HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + end);
  }

  private static void chunks(List<String> all) {
    for (String size :
        List.of(
            "",
            " ",
            "g",
            "x1",
            "0x1",
            "-1",
            "+1",
            "1.0",
            "1 1",
            "1,",
            "\"1\"",
            "ffffffff",
            "80000000",
            "7fffffffffffffff",
            "ffffffffffffffff",
            "10000000000000001",
            " 1",
            "1\u0000",
            "1\u000b")) {
      all.add(chunked(size + "\r\n1\r\n0\r\n\r\n"));
    }
    all.add(chunked("1\n1\r\n0\r\n\r\n"));
    all.add(chunked("1\r\n1\n0\r\n\r\n"));
    all.add(chunked("1\r\n1\r\n0\n\r\n"));
    all.add(chunked("1\r\n10\r\n\r\n"));
    all.add(chunked("1\r\n123\r\n0\r\n\r\n"));
    all.add(chunked("1\r\n1\rX0\r\n\r\n"));
    all.add(chunked("1;a\nb\r\n1\r\n0\r\n\r\n"));
    all.add(chunked("1;" + "x".repeat(70_000) + "\r\n1\r\n0\r\n\r\n"));
    all.add(chunked("1\r\n1\r\n0\r\nX : y\r\n\r\n"));
    all.add(chunked("1\r\n1\r\n0\r\nX\u0000: y\r\n\r\n"));
    all.add(chunked("1\r\n1\r\n0\r\n" + "X: y\r\n".repeat(10_000) + "\r\n"));
  }

  private static void floods(List<String> all) {
    all.add(get("GET /" + "x".repeat(20_000) + " HTTP/1.1"));
    all.add(get("GET /" + "x".repeat(200_000) + " HTTP/1.1"));
    all.add(get("G".repeat(20_000) + " / HTTP/1.1"));
    all.add("G".repeat(200_000));
    all.add(field("X: " + "y".repeat(20_000)));
    all.add(field("X".repeat(20_000) + ": y"));
    all.add(field("X: y\r\n".repeat(5_000) + "Z: z"));
    all.add(field("X: y\r\n".repeat(50_000)));
    all.add("GET /health HTTP/1.1\r\nHost: " + "a".repeat(20_000) + "\r\n\r\n");
    all.add("\r\n".repeat(20_000) + "G\u0000T / HTTP/1.1\r\n\r\n");
  }

  /// The name of a case, short enough to be read.
  private static String shown(String request) {
    String text = request.length() > 200 ? request.substring(0, 200) + "…" : request;
    return text.replace("\r", "\\r").replace("\n", "\\n");
  }

  @Test
  void theCorpusIsLarge() {
    assertThat(corpus().distinct().count()).isGreaterThanOrEqualTo(200);
  }

  @ParameterizedTest
  @MethodSource("corpus")
  void isRefusedOnceAndTheConnectionIsClosed(String request) throws IOException {
    String answer = exchange(request + SMUGGLED);
    String what = shown(request);
    assertThat(answer).as(what).matches("(?s)HTTP/1.1 4(00|13) .*");
    assertThat(answer).as(what).containsIgnoringCase("Connection: close");
    assertThat(answer.split("HTTP/1\\.1 \\d", -1)).as(what + " answered as " + answer).hasSize(2);
  }

  @Test
  void theAnswerSaysWhatIsWrong() throws IOException {
    assertThat(exchange(post("Content-Length: 1a", "1"))).contains("Content-Length must be");
    assertThat(exchange(post("Content-Length: 1\r\nContent-Length: 2", "1")))
        .contains("one Content-Length");
    assertThat(exchange(post("Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n")))
        .contains("Content-Length or Transfer-Encoding, not both");
    assertThat(exchange(chunked("1g\r\n1\r\n"))).contains("size of a chunk");
    assertThat(exchange(chunked("80000000\r\n"))).contains("up to 7fffffff");
    assertThat(exchange(chunked("1\r\n123\r\n"))).contains("bytes of a chunk");
    assertThat(exchange("GET /health HTTP/1.1\nHost: a\n\n")).contains("ends with LF");
    assertThat(exchange("\u0016\u0003\u0001\u0002\u0000\u0001")).contains("this is TLS");
  }

  @Test
  void theSameHoldsByteByByte() throws IOException {
    for (String request :
        List.of(
            get("GET  /health HTTP/1.1"),
            field("X: y\r\n folded"),
            post("Content-Length: 1\r\nTransfer-Encoding: chunked", "0\r\n\r\n"),
            chunked("1\n1\r\n0\r\n\r\n"))) {
      try (Socket socket = connect()) {
        for (byte b : request.getBytes(StandardCharsets.ISO_8859_1)) {
          try {
            socket.getOutputStream().write(b);
          } catch (SocketException e) {
            break;
          }
        }
        assertThat(readAll(socket)).as(shown(request)).startsWith("HTTP/1.1 400 ");
      }
    }
  }

  @Test
  void oddButLegalRequestsAreServed() throws IOException {
    for (String request :
        List.of(
            "\r\n\r\nGET /health HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /health HTTP/1.1\r\nHost:a\r\n\r\n",
            "GET /health HTTP/1.1\r\nhOsT: \t a:80 \t \r\n\r\n",
            "GET /health HTTP/1.1\r\nHost: [::1]:80\r\nX:\r\n\r\n",
            "GET http://a/health HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /health HTTP/1.1\r\nHost: a\r\nX-!#$%&'*+-.^_`|~9: \u00e4\r\n\r\n",
            chunked("1;name=value\r\n1\r\n0\r\nTrailer: x\r\n\r\n"),
            chunked("0001\r\n1\r\n000\r\n\r\n"))) {
      try (Socket socket = connect()) {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        socket.shutdownOutput();
        assertThat(readAll(socket)).as(shown(request)).startsWith("HTTP/1.1 200 ");
      }
    }
  }

  private static Socket connect() throws IOException {
    Socket socket = new Socket(server.address().getAddress(), server.address().getPort());
    socket.setSoTimeout((int) Duration.ofSeconds(60).toMillis());
    socket.setTcpNoDelay(true);
    return socket;
  }

  private static String exchange(String request) throws IOException {
    try (Socket socket = connect()) {
      try {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      } catch (SocketException e) {
        // The server closed while a flood was under way; its answer is still to be read.
      }
      return readAll(socket);
    }
  }

  private static String readAll(Socket socket) throws IOException {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    InputStream in = socket.getInputStream();
    try {
      for (int b = in.read(); b >= 0; b = in.read()) {
        answer.write(b);
      }
    } catch (SocketException e) {
      // Reset: what came before counts.
    }
    return answer.toString(StandardCharsets.ISO_8859_1);
  }
}
