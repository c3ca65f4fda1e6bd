package dev.topics.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.server.http.RawClient.Reply;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

/// What clients have not taken yet has a budget.
final class UnsentAnswersTest {
  private static final int LARGE = UnsentAnswers.LARGE_BYTES;

  @Test
  void answersGetShortAtHalfOfTheBudgetAndAreRefusedAtItsEnd() {
    UnsentAnswers unsent = new UnsentAnswers(100);
    unsent.sending(49);
    assertThat(unsent.answerBytesMax()).isEqualTo(Integer.MAX_VALUE);
    unsent.sending(1);
    assertThat(unsent.answerBytesMax()).isLessThan(LARGE);
    unsent.sending(50);
    assertThatThrownBy(unsent::answerBytesMax)
        .isInstanceOfSatisfying(
            Rejected.class,
            e -> {
              assertThat(e.problem().status()).isEqualTo(429);
              assertThat(e.problem().headers()).containsEntry("Retry-After", "1");
            });
    unsent.sent(100);
    assertThat(unsent.answerBytesMax()).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void aLargeAnswerCountsUntilItIsSentOrItsConnectionEnds() {
    UnsentAnswers unsent = new UnsentAnswers(1 << 20);
    EmbeddedChannel channel = new EmbeddedChannel();
    unsent.write(channel, Unpooled.wrappedBuffer(new byte[LARGE]));
    unsent.write(channel, Unpooled.wrappedBuffer(new byte[LARGE - 1]));
    assertThat(unsent.bytes()).isEqualTo(LARGE);
    channel.flush();
    assertThat(unsent.bytes()).isZero();
    unsent.write(channel, Unpooled.wrappedBuffer(new byte[LARGE]));
    assertThat(unsent.bytes()).isEqualTo(LARGE);
    var _ = channel.close();
    assertThat(unsent.bytes()).isZero();
    channel.releaseOutbound();
  }

  @Test
  void bothProtocolsCountAndGiveBack() throws Exception {
    try (TestServer server = new TestServer();
        Http2Client two = new Http2Client(server.address())) {
      try (RawClient one = server.connect()) {
        one.send("GET /size/40000000 HTTP/1.1\r\nHost: a\r\n\r\n");
        Http2Client.Stream stream = two.new Stream().reading(false);
        stream.head("GET", "/size/30000000", true);
        TestServer.awaitTrue("unsent", () -> server.answerBytesUnsent() >= 70_000_000);
        stream.reading(true);
        assertThat(stream.reply.join().body()).hasSize(30_000_000);
        Reply whole = one.read();
        assertThat(whole.body()).hasSize(40_000_000);
      }
      awaitNothingUnsent(server);
      try (RawClient leaving = server.connect()) {
        leaving.send("GET /size/40000000 HTTP/1.1\r\nHost: a\r\n\r\n").readHead();
      }
      awaitNothingUnsent(server);
    }
  }

  private static void awaitNothingUnsent(TestServer server) {
    TestServer.awaitTrue("nothing unsent", () -> server.answerBytesUnsent() == 0);
  }
}
