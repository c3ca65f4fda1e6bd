package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.server.contract.SocketClient.Frame;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// http-api §6.6: commands and deliveries over one WebSocket.
class SocketContractTest {
  @RegisterExtension static final ContractServer server = new ContractServer();

  private static SocketClient open() {
    return new SocketClient(server.address());
  }

  private static List<Long> seqs(JsonNode message) {
    List<Long> seqs = new ArrayList<>();
    message.path("records").forEach(record -> seqs.add(record.path("$seq").longValue()));
    return seqs;
  }

  private static void is(JsonNode message, String json) {
    assertThat(message).isEqualTo(Json.tree(json));
  }

  @Test
  void aSubscriptionDeliversTheBacklogThenNews() {
    String topic = server.topicOf(3);
    try (SocketClient client = open()) {
      client.send("{'type':'subscribe','topic':'%s','from_seq':1,'request_id':7}".formatted(topic));
      is(
          client.read(),
          ("{'type':'subscribed','request_id':7,"
                  + "'topics':{'%s':{'from_seq':1,'head_seq':3,'earliest_seq':1}}}")
              .formatted(topic));
      JsonNode backlog = client.read("record");
      assertThat(seqs(backlog)).containsExactly(2L, 3L);
      assertThat(backlog.propertyNames())
          .containsExactlyInAnyOrder("type", "topic", "records", "from_seq", "to_seq", "head_seq");
      is(client.read(), "{'type':'caught_up','topic':'%s','head_seq':3}".formatted(topic));
      server.fill(topic, 1);
      assertThat(seqs(client.read("record"))).containsExactly(4L);
    }
  }

  @Test
  void manyTopicsCanBeSubscribedToAtOnceAndLeftOneByOne() {
    String first = server.topicOf(1);
    String second = server.topicOf(2);
    try (SocketClient client = open()) {
      client.send(
          "{'type':'subscribe','topics':{'%s':{'tail':true},'%s':{'tail':true}}}"
              .formatted(first, second));
      assertThat(client.read("subscribed").path("topics").size()).isEqualTo(2);
      client.read("caught_up");
      client.read("caught_up");
      client.send("{'type':'unsubscribe','topic':'%s','request_id':'x'}".formatted(first));
      is(client.read(), "{'type':'unsubscribed','request_id':'x','topic':'%s'}".formatted(first));
      server.fill(first, 1);
      server.fill(second, 1);
      assertThat(client.read("record").path("topic").asString()).isEqualTo(second);
      client.send("{'type':'unsubscribe','topic':'%s'}".formatted(first));
      assertThat(client.read("error").path("code").asString()).isEqualTo("invalid_request");
    }
  }

  @Test
  void whatNeverIsDurableIsNamedWithTheSeqToGoOnFrom() {
    String topic = server.topic("{'durability':'ephemeral'}");
    server.append(topic, "1", "2").is(200);
    server.put("/v0/topics/" + topic, "{'durability':'fsync'}").is(200);
    server.append(topic, "3").is(200);
    try (SocketClient client = open()) {
      String strong = "{'type':'subscribe','topic':'%s','from_seq':%d,'consistency':'strong'}";
      client.send(strong.formatted(topic, 0));
      client.read("subscribed");
      JsonNode error = client.read("error");
      assertThat(error.path("code").asString()).isEqualTo("invalid_request");
      assertThat(error.path("message").asString()).contains("records 1 to 2");
      long next = error.path("detail").path("from_seq").longValue();
      client.send(strong.formatted(topic, next));
      client.read("subscribed");
      assertThat(seqs(client.read("record"))).containsExactly(3L);
    }
  }

  @Test
  void whatIsPublishedIsAckedAndComesBack() {
    String topic = server.topic("{}");
    try (SocketClient client = open()) {
      client.send("{'type':'subscribe','topic':'%s'}".formatted(topic));
      client.read("subscribed");
      client.read("caught_up");
      client.send(
          ("{'type':'publish','topic':'%s',"
                  + "'records':[{'data':{'n':1.0}},{'data':2}],'request_id':'a'}")
              .formatted(topic));
      JsonNode ack = client.read("ack");
      assertThat(ack.propertyNames())
          .contains(
              "type",
              "request_id",
              "topic",
              "first_seq",
              "last_seq",
              "seqs",
              "head_seq",
              "count",
              "deduped",
              "performance");
      assertThat(ack.path("request_id").asString()).isEqualTo("a");
      assertThat(ack.path("last_seq").intValue()).isEqualTo(2);
      assertThat(seqs(client.read("record"))).containsExactly(1L, 2L);
      client.send(
          ("{'type':'publish','topic':'%s','records':[{'data':3}],"
                  + "'return_seqs':false,'idempotency_key':'k'}")
              .formatted(topic));
      assertThat(client.read("ack").has("seqs")).isFalse();
      assertThat(seqs(client.read("record"))).containsExactly(3L);
      client.send(
          "{'type':'publish','topic':'%s','records':[{'data':3}],'idempotency_key':'k'}"
              .formatted(topic));
      assertThat(client.read("ack").path("deduped").booleanValue()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"disk", "fsync"})
  void manyMessagesAtOnceAreWorkedOnInTheirOrder(String durability) {
    String topic = server.topic("{'durability':'" + durability + "'}");
    try (SocketClient client = open()) {
      for (int i = 1; i <= 500; i++) {
        client.send(
            "{'type':'publish','topic':'%s','records':[{'data':%d}],'request_id':%d}"
                .formatted(topic, i, i));
      }
      Set<Integer> answered = new HashSet<>();
      for (int i = 1; i <= 500; i++) {
        JsonNode ack = client.read("ack");
        int request = ack.path("request_id").intValue();
        assertThat(answered.add(request)).isTrue();
        assertThat(ack.path("first_seq").intValue()).isEqualTo(request);
      }
    }
  }

  @Test
  void aPublishMayCreateItsTopicAndConfigureIt() {
    String topic = server.name();
    try (SocketClient client = open()) {
      client.send(
          "{'type':'publish','topic':'%s','records':[{'data':1}],'config':{'cap_records':5}}"
              .formatted(topic));
      assertThat(client.read("ack").path("first_seq").intValue()).isEqualTo(1);
      server.state(topic).has("/config/cap_records", 5);
    }
  }

  @Test
  void lossesAndDeletionsAreTold() {
    String topic = server.topicOf(10, "{'cap_records':3}");
    try (SocketClient client = open()) {
      client.send("{'type':'subscribe','topic':'%s','from_seq':2}".formatted(topic));
      client.read("subscribed");
      is(
          client.read(),
          ("{'type':'tombstone','topic':'%s','reason':'from_seq_too_old',"
                  + "'gap_from':3,'gap_to':7,'earliest_seq':8,'head_seq':10}")
              .formatted(topic));
      assertThat(seqs(client.read("record"))).containsExactly(8L, 9L, 10L);
      client.read("caught_up");
      server.delete("/v0/topics/" + topic).is(200);
      is(
          client.read(),
          "{'type':'topic_deleted','topic':'%s','head_seq':10,'reason':'deleted'}"
              .formatted(topic));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense",
        "[]",
        "{}",
        "{'type':'dance'}",
        "{'type':7}",
        "{'type':'subscribe'}",
        "{'type':'subscribe','topic':'no/name'}",
        "{'type':'subscribe','topic':'missing-topic'}",
        "{'type':'subscribe','topics':7}",
        "{'type':'unsubscribe'}",
        "{'type':'publish','records':[{'data':1}]}",
        "{'type':'publish','topic':'a'}",
        "{'type':'publish','topic':'a','records':[]}",
        "{'type':'publish','topic':'a','records':[{'data':1}],'config':{'cap_record':1}}"
      })
  void aBadMessageGetsAnErrorAndTheSocketStays(String message) {
    try (SocketClient client = open()) {
      client.send(message);
      JsonNode error = client.read("error");
      assertThat(error.path("code").asString()).isIn("invalid_request", "topic_not_found");
      assertThat(error.path("message").asString()).isNotBlank();
      client.send("{'type':'ping','request_id':{'deep':[1]}}");
      is(client.read(), "{'type':'pong','request_id':{'deep':[1]}}");
    }
  }

  @Test
  void aRequestIdIsMeasuredInBytes() {
    try (SocketClient client = open()) {
      String longest = "é".repeat(127);
      client.send("{'type':'ping','request_id':'" + longest + "'}");
      is(client.read(), "{'type':'pong','request_id':'" + longest + "'}");
      client.send("{'type':'ping','request_id':'" + longest + "é'}");
      assertThat(client.read("error").path("message").asString()).contains("256 bytes");
    }
  }

  @Test
  void anErrorNamesTheRequestItIsAbout() {
    try (SocketClient client = open()) {
      client.send("{'request_id':'r1','type':'subscribe','topic':'missing-topic'}");
      JsonNode error = client.read("error");
      assertThat(error.path("request_id").asString()).isEqualTo("r1");
      assertThat(error.path("code").asString()).isEqualTo("topic_not_found");
    }
  }

  // ---- frames

  @Test
  void aMessageMayComeInFragmentsWithPingsBetween() {
    try (SocketClient client = open()) {
      client.frame(false, SocketClient.TEXT, bytes("{\"type\":"));
      client.frame(true, SocketClient.PING, bytes("still there?"));
      client.frame(false, SocketClient.CONTINUATION, bytes("\"pi"));
      client.frame(true, SocketClient.CONTINUATION, bytes("ng\"}"));
      Frame pong = client.readFrame();
      assertThat(pong.opcode()).isEqualTo(SocketClient.PONG);
      assertThat(pong.text()).isEqualTo("still there?");
      client.read("pong");
    }
  }

  @Test
  void aBinaryMessageIsRefusedAndTheSocketStays() {
    try (SocketClient client = open()) {
      client.frame(false, SocketClient.BINARY, new byte[10]);
      client.frame(true, SocketClient.CONTINUATION, new byte[10]);
      assertThat(client.read("error").path("message").asString()).contains("not binary");
      client.send("{'type':'ping'}").read("pong");
    }
  }

  @Test
  void aMessageThatGrowsTooLongIsReadPastAndTheSocketStays() {
    try (SocketClient client = open()) {
      client.frame(false, SocketClient.TEXT, new byte[6 << 20]);
      client.frame(true, SocketClient.CONTINUATION, new byte[6 << 20]);
      assertThat(client.read("error").path("code").asString()).isEqualTo("payload_too_large");
      client.send("{'type':'ping'}").read("pong");
    }
  }

  @Test
  void aFrameThatIsTooLongEndsTheSocket() {
    try (SocketClient client = open()) {
      client.raw(new byte[] {(byte) 0x81, (byte) 0xff, 0, 0, 0, 0, 1, 0, 0, 0, 1, 2, 3, 4});
      assertThat(client.read("error").path("code").asString()).isEqualTo("payload_too_large");
      Frame close = client.readFrame();
      assertThat(close.opcode()).isEqualTo(SocketClient.CLOSE);
      assertThat(close.code()).isEqualTo(1009);
    }
  }

  @Test
  void aFrameWithoutAMaskEndsTheSocket() {
    try (SocketClient client = open()) {
      client.frame(true, SocketClient.TEXT, bytes("{}"), false);
      client.read("error");
      assertThat(client.readFrame().code()).isEqualTo(1002);
    }
  }

  @Test
  void aCloseIsAnsweredWithItsOwnCode() {
    try (SocketClient client = open()) {
      client.frame(true, SocketClient.CLOSE, new byte[] {0x0f, (byte) 0xa0});
      Frame close = client.readFrame();
      assertThat(close.opcode()).isEqualTo(SocketClient.CLOSE);
      assertThat(close.code()).isEqualTo(4000);
      assertThat(client.isClosed()).isTrue();
    }
    try (SocketClient client = open()) {
      client.frame(true, SocketClient.CLOSE, new byte[0]);
      assertThat(client.readFrame().code()).isEqualTo(1000);
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void aServerThatClosesSaysSo() throws Exception {
    ContractServer own = ContractServer.started();
    Thread closing;
    try (SocketClient client = new SocketClient(own.address())) {
      client.send("{'type':'ping'}").read("pong");
      closing = Thread.ofVirtual().start(own::close);
      assertThat(client.read("error").path("code").asString()).isEqualTo("shutting_down");
      assertThat(client.readFrame().code()).isEqualTo(1001);
      client.frame(true, SocketClient.CLOSE, new byte[] {3, (byte) 0xe9});
      assertThat(client.isClosed()).isTrue();
    }
    closing.join();
  }

  @Test
  void whatIsNoHandshakeIsRefused() {
    server.get("/v0/ws").invalid().saying("WebSocket");
    server
        .request("GET", "/v0/ws")
        .header("Upgrade", "websocket")
        .header("Connection", "Upgrade")
        .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
        .header("Sec-WebSocket-Version", "12")
        .send()
        .invalid()
        .saying("13");
    server
        .request("GET", "/v0/ws")
        .header("Upgrade", "websocket")
        .header("Connection", "Upgrade")
        .header("Sec-WebSocket-Key", "short")
        .header("Sec-WebSocket-Version", "13")
        .send()
        .invalid()
        .saying("Sec-WebSocket-Key");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
