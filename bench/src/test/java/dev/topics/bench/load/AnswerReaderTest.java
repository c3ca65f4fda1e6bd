package dev.topics.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class AnswerReaderTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\nhello";
  private static final String EMPTY = "HTTP/1.1 204 No Content\r\ncontent-length:0\r\n\r\n";
  private static final String REFUSED = "HTTP/1.1 422 X\r\nA: b\r\nCONTENT-LENGTH: 4\r\n\r\nfull";

  private final AnswerReader reader = new AnswerReader();

  @Test
  void severalAnswersInOneReadAreCounted() {
    assertThat(read(OK + EMPTY + OK + "HTTP/1.1 2")).isEqualTo(3);
    assertThat(reader.refusals()).isZero();
    assertThat(reader.firstAnswer()).hasToString("hello");
  }

  @Test
  void anAnswerMayArriveInPiecesOfAnySize() {
    String stream = OK + EMPTY + REFUSED + OK;
    for (int piece = 1; piece < stream.length(); piece++) {
      AnswerReader pieces = new AnswerReader();
      int answers = 0;
      for (int at = 0; at < stream.length(); at += piece) {
        String part = stream.substring(at, Math.min(stream.length(), at + piece));
        answers += pieces.read(bytes(part));
      }
      assertThat(answers).as("pieces of %d bytes", piece).isEqualTo(4);
      assertThat(pieces.refusals()).isEqualTo(1);
      assertThat(pieces.firstAnswer()).hasToString("hello");
      assertThat(pieces.firstRefusal()).hasToString("full");
      assertThat(pieces.bytes()).isEqualTo(stream.length());
    }
  }

  @Test
  void aLargeBodyIsSteppedOver() {
    String body = "\r\n\r\nHTTP/1.1 500 ".repeat(10_000);
    String answer = "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    assertThat(read(answer + answer)).isEqualTo(2);
    assertThat(reader.refusals()).isZero();
  }

  @Test
  void anAnswerWithoutALengthIsAnError() {
    assertThatThrownBy(() -> read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"))
        .hasMessageContaining("without Content-Length");
  }

  private int read(String text) {
    return reader.read(bytes(text));
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }
}
