package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// http-api §1.1: each integer of each request, given numbers that are none, or too large.
class NumbersContractTest {
  @RegisterExtension static final ContractServer server = new ContractServer();

  private static final String LARGEST = "18446744073709551615";

  /// Method, path, body with `#` for the number, how a message names the field.
  private static final String BODIES =
      """
      POST /v0/topics/LOG/diff {'from_seq':#} from_seq
      POST /v0/topics/LOG/diff {'limit':#} limit
      POST /v0/topics/LOG/diff {'wait_ms':#} wait_ms
      POST /v0/topics/LOG/diff {'max_batch_bytes':#} max_batch_bytes
      POST /v0/topics/LOG/delete {'before_seq':#,'match':'none'} before_seq
      PUT /v0/topics/LOG {'ttl_ms':#} ttl_ms
      PUT /v0/topics/LOG {'cap_records':#} cap_records
      PUT /v0/topics/LOG {'cap_bytes':#} cap_bytes
      PUT /v0/topics/LOG {'idempotency_window_ms':#} idempotency_window_ms
      PUT /v0/topics/QUEUE {'lease_ms':#} lease_ms
      PUT /v0/topics/QUEUE {'claim_jitter_ms':#} claim_jitter_ms
      PUT /v0/topics/QUEUE {'max_deliveries':#} max_deliveries
      PUT /v0/topics/QUEUE {'backoff_ms':[1,#]} backoff_ms[1]
      POST /v0/topics/LOG {'records':[{'data':1}],'config':{'ttl_ms':#}} ttl_ms
      PUT /v0/routers/r-LOG {'source':'LOG','dest':'d-LOG','from_seq':#} from_seq
      POST /v0/watch {'topics':{'LOG':{'from_seq':#}}} from_seq
      POST /v0/watch {'topics':{'LOG':{}},'limit':#} limit
      POST /v0/watch {'topics':{'LOG':{}},'max_batch_bytes':#} max_batch_bytes
      POST /v0/watch {'topics':{'LOG':{}},'heartbeat_ms':#} heartbeat_ms
      POST /v0/topics/QUEUE/claim {'node':'n','max':#} max
      POST /v0/topics/QUEUE/claim {'node':'n','lease_ms':#} lease_ms
      POST /v0/topics/QUEUE/claim {'node':'n','wait_ms':#} wait_ms
      POST /v0/topics/QUEUE/ack {'node':'n','seqs':[#]} seqs[0]
      POST /v0/topics/QUEUE/nack {'node':'n','seqs':[9],'delay_ms':#} delay_ms
      POST /v0/topics/QUEUE/extend {'node':'n','seqs':[9],'lease_ms':#} lease_ms
      POST /v0/topics/LOG/redrive {'dry_run':true,'max':#} max
      POST /v0/topics/LOG/redrive {'dry_run':true,'rate_per_s':#} rate_per_s
      POST /v0/topics/LOG/redrive {'dry_run':true,'seqs':[1,2,#]} seqs[2]
      """;

  /// The same for numbers with bounds of their own.
  private static final String BOUNDED =
      """
      PUT /v0/topics/LOG {'priority':#} priority
      POST /v0/topics/QUEUE {'records':[{'data':1},{'data':1,'delay_ms':#}]} records[1].delay_ms
      POST /v0/topics/QUEUE {'records':[{'data':1,'deliver_at':#}]} records[0].deliver_at
      POST /v0/topics/QUEUE {'records':[{'data':1,'priority':#}]} records[0].priority
      """;

  private static final List<String> QUERIES =
      List.of(
          "/v0/topics?page_size=#",
          "/v0/routers?page_size=#",
          "/v0/topics/QUEUE/leases?page_size=#",
          "/v0/topics/QUEUE/work?node=n&max=#",
          "/v0/topics/QUEUE/work?node=n&lease_ms=#");

  private static final List<String> NO_NUMBERS =
      List.of("-1", "-0", "1.5", "1.0", "1e3", "1E400", "-1e400", "0e0", "18446744073709551616");

  /// Numbers after all where one may be negative.
  private static final List<String> MINUS = List.of("-1", "-0");

  private static final List<String> NO_JSON_NUMBERS = List.of("'5'", "true", "[]", "{}");

  private record Place(String method, String path, String body, String field) {
    private Answer with(String number) {
      return server.request(method, path).json(body.replace("#", number)).send();
    }

    static Place of(String line) {
      String log = server.topicOf(2);
      String queue = server.topicOf(2, "{'type':'queue'}");
      String[] parts = line.replace("LOG", log).replace("QUEUE", queue).split(" ", -1);
      return new Place(parts[0], parts[1], parts[2], parts[3]);
    }
  }

  static Stream<String> bodies() {
    return BODIES.lines();
  }

  static Stream<String> allBodies() {
    return Stream.concat(bodies(), BOUNDED.lines());
  }

  static Stream<String> queries() {
    return QUERIES.stream();
  }

  private static List<String> huge() {
    return List.of("9".repeat(100), "1" + "0".repeat(100_000), "-" + "9".repeat(30));
  }

  @ParameterizedTest
  @MethodSource("allBodies")
  void whatIsNoNumberIsRefusedSayingWhatWouldBe(String line) {
    Place place = Place.of(line);
    Stream.of(NO_NUMBERS, NO_JSON_NUMBERS, huge())
        .flatMap(List::stream)
        .filter(
            number -> !line.startsWith("PUT /v0/topics/LOG {'priority'") || !MINUS.contains(number))
        .forEach(number -> isTaught(place, number));
  }

  private static void isTaught(Place place, String number) {
    Answer answer = place.with(number).invalid();
    String message = answer.string("/error/message");
    assertThat(message).startsWith(place.field + " must be ").hasSizeLessThan(300);
    assertThat(message).containsAnyOf("a whole number", "at most " + LARGEST);
    assertThat(answer.string("/error/detail/field")).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void theLargestNumberIsTakenAsNoLimit(String line) {
    Place place = Place.of(line);
    for (String number : List.of("9223372036854775807", "9223372036854775808", LARGEST, "0")) {
      if (!line.contains("'wait_ms':#") || number.equals("0")) {
        assertThat(place.with(number).status()).as(line + number).isIn(200, 201);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"2147483648", "-2147483649", "1e3", "1.0", "18446744073709551616"})
  void aPriorityIsRefusedSayingItsBounds(String number) {
    server
        .put("/v0/topics/" + server.name(), "{'priority':" + number + "}")
        .invalid()
        .telling(
            "priority must be a whole number from -2147483648 to 2147483647, not " + number,
            "{'field':'priority'}");
  }

  @ParameterizedTest
  @MethodSource("queries")
  void aQueryIsRefusedSayingWhatWouldBeANumber(String target) {
    String at = target.replace("QUEUE", server.topicOf(2, "{'type':'queue'}"));
    Stream.concat(NO_NUMBERS.stream(), Stream.of("", "ten", "9".repeat(100), "%D9%A3", "+1"))
        .forEach(number -> {
          Answer answer = server.get(at.replace("#", number)).invalid();
          String message = answer.string("/error/message");
          assertThat(message).startsWith("query parameter " + name(at) + " must be ");
          assertThat(message).containsAnyOf("a whole number, 0 or more", "at most " + LARGEST);
          assertThat(answer.string("/error/detail/parameter")).isEqualTo(name(at));
        });
  }

  @ParameterizedTest
  @MethodSource("queries")
  void theLargestNumberOfAQueryIsTakenAsNoLimit(String target) {
    String at = target.replace("QUEUE", server.topicOf(2, "{'type':'queue'}"));
    for (String number : List.of("9223372036854775807", "9223372036854775808", LARGEST, "007")) {
      try (Wire wire = server.connect()) {
        wire.send(server.request("HEAD", at.replace("#", number)).bytes());
        assertThat(wire.readHead().status()).isEqualTo(200);
      }
    }
  }

  private static String name(String target) {
    return target.replaceAll(".*[?&]([a-z_]+)=#", "$1");
  }

  @Test
  void aMessageIsRefusedSayingWhatWouldBeANumber() {
    String topic = server.topicOf(2);
    try (SocketClient client = new SocketClient(server.address())) {
      for (String field : List.of("from_seq", "limit", "max_batch_bytes", "heartbeat_ms")) {
        for (String number : NO_NUMBERS) {
          client.send(
              "{'type':'subscribe','topic':'%s','%s':%s,'request_id':1}"
                  .formatted(topic, field, number));
          JsonNode error = client.read("error");
          assertThat(error.path("code").asString()).isEqualTo("invalid_request");
          assertThat(error.path("message").asString()).startsWith(field + " must be ");
          assertThat(error.path("request_id").asInt()).as(error.toString()).isEqualTo(1);
        }
      }
    }
  }
}
