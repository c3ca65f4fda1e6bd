package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// http-api §1.3: the shape of errors, unknown paths and methods, and that a refusal changes
/// nothing.
class ErrorContractTest {
  @RegisterExtension static final ContractServer server = new ContractServer();

  @Test
  void anAbsentTopicIsNamedInTheErrorOfEveryCallThatDoesNotCreate() {
    String topic = server.name();
    String path = "/v0/topics/" + topic;
    String create = "{'records':[{'data':1}],'create':false}";
    for (Answer answer :
        new Answer[] {
          server.get(path),
          server.post(path + "/diff", "{}"),
          server.post(path + "/delete", "{'before_seq':1}"),
          server.post(path, create)
        }) {
      answer.refused(404, "topic_not_found").saying("\"" + topic + "\"", "does not exist");
      answer.hasJson("/error/detail", "{'topic':'" + topic + "'}");
    }
    assertThat(server.exists(topic)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/v0",
        "/v0/",
        "/v1/topics",
        "/V0/topics",
        "/v0/Topics",
        "/v0/topicsx",
        "/v0/nope",
        "/v0/topics/a/b",
        "/v0/topics/a/diff/x",
        "/v0/topics/a/Diff",
        "/healthz/x",
        "/index.html",
        "/v0/health/",
        "/v0/topics/a/diff/",
        "//v0/topics",
        "/v0//topics",
        "/v0/topics/../health",
        "/v0/%2e%2e/health",
        "/v0/topics%2fa"
      })
  void anUnknownPathIsNotFound(String path) {
    for (String method : new String[] {"GET", "POST", "PUT", "DELETE"}) {
      server.request(method, path).send().refused(404, "not_found");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/v0/topics | GET",
        "/v0/topics/jobs | GET PUT POST DELETE",
        "/v0/topics/jobs/diff | POST",
        "/v0/topics/jobs/delete | POST",
        "/v0/health | GET",
        "/v0/ready | GET",
        "/v0/metrics | GET",
        "/healthz | GET",
        "/readyz | GET",
        "/metrics | GET"
      })
  void anotherMethodIsNotAllowedAndTheAllowedOnesAreNamed(String path, String methods) {
    Set<String> allowed = Set.of(methods.split(" "));
    for (String method : new String[] {"GET", "POST", "PUT", "DELETE", "PATCH"}) {
      if (!allowed.contains(method)) {
        Answer answer = server.request(method, path).send();
        answer.refused(405, "method_not_allowed");
        assertThat(answer.header("Allow").split(", *")).containsAll(allowed);
        assertThat(answer.header("Allow").split(", *"))
            .allMatch(word -> allowed.contains(word) || word.matches("HEAD|OPTIONS"));
      }
    }
  }

  @Test
  void aMethodThatNobodyKnowsIsNotAllowedEither() {
    server.request("BREW", "/v0/topics/jobs").send().refused(405, "method_not_allowed");
  }

  @Test
  void bodiesOfNoiseAreRefusedWithoutAnyEffect() {
    String topic = server.topicOf(2);
    Random random = new Random(11);
    String alphabet = "{}[]\":,.0123456789eE+-\\untrfalse records data tag node meta \u0000é";
    String before = server.state(topic).text().replaceAll("\"performance.*", "");
    for (int i = 0; i < 400; i++) {
      StringBuilder noise = new StringBuilder(i % 2 == 0 ? "{\"records\":[{\"data\":" : "");
      for (int length = random.nextInt(60); length >= 0; length--) {
        noise.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      byte[] body = ContractServer.utf8(noise.toString());
      for (String call : new String[] {"", "/delete"}) {
        server.request("POST", "/v0/topics/" + topic + call).rawJson(body).send().invalid();
      }
    }
    assertThat(server.state(topic).text().replaceAll("\"performance.*", "")).isEqualTo(before);
  }

  @Test
  void aCutBodyIsRefusedAtEveryByte() {
    String topic = server.topicOf(1);
    String body =
        Json.json(
            "{'records':[{'data':{'a':[1,true]},'tag':'t','meta':{'k':'v'}}],'create':true,"
                + "'config':{'cap_records':5},'idempotency_key':'k','node':'n'}");
    for (int length = 0; length < body.length(); length++) {
      byte[] cut = ContractServer.utf8(body.substring(0, length));
      Answer answer = server.request("POST", "/v0/topics/" + topic).rawJson(cut).send();
      answer.invalid();
    }
    assertThat(server.head(topic)).isEqualTo(1);
    server.request("POST", "/v0/topics/" + topic).json(body).send().is(200).has("/last_seq", 2);
  }

  @Test
  void aRefusedWriteNeverCreatesItsTopic() {
    for (String body :
        new String[] {
          "{}",
          "{'records':[]}",
          "{'records':[{'data':1},{}]}",
          "{'records':[{'data':1},{'data':2,'tag':3}]}",
          "{'records':[{'data':1}],'config':{'type':'stream'}}",
          "{'records':[{'data':1}],'config':{'typo':1}}",
          "{'records':[{'data':1}],'config':{'ttl_ms':-1}}",
          "{'records':[{'data':1}]} x"
        }) {
      String topic = server.name();
      server.post("/v0/topics/" + topic, body).invalid();
      assertThat(server.exists(topic)).as(body).isFalse();
    }
  }

  @Test
  void messagesQuoteNothingThatCouldBreakTheBody() {
    server.put("/v0/topics/q", "{'\\u0000\\n\\\"</x>é😀':1}").invalid();
    server.get("/v0/topics/%22%0A%00").invalid();
    server.put("/v0/topics/q", "{'" + "k".repeat(100_000) + "':1}").invalid();
    server.get("/v0/" + "x".repeat(8_000)).refused(404, "not_found");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "PUT | /v0/topics/t | {'#':1}",
        "PUT | /v0/topics/t | {'durability':'#'}",
        "PUT | /v0/topics/t | {'dead_letter':'#'}",
        "PUT | /v0/topics/t | {'ttl_ms':1#}",
        "PUT | /v0/routers/r | {'#':1}",
        "PUT | /v0/routers/r | {'source':'a','dest':'b','guarantee':'#'}",
        "PUT | /v0/routers/r | {'source':'#','dest':'b'}",
        "PUT | /v0/routers/r | {'source':'a','dest':'#'}",
        "POST | /v0/watch | {'topics':{'#':{}}}",
        "POST | /v0/watch | {'topics':{'a':{}},'consistency':'#'}",
        "POST | /v0/topics/t/redrive | {'to':'#'}",
        "POST | /v0/topics/t/delete | {'match':['tag','#','x']}"
      })
  void aRefusalRepeatsNoMoreThanTheStartOfWhatWasSent(String method, String path, String body) {
    String json = body.replace("#", "0".repeat(100_000));
    Answer answer = server.request(method, path).json(json).send().invalid();
    assertThat(answer.bytes()).hasSizeLessThan(1000);
  }

  @Test
  void aPathThatIsNotAsciiIsToldToBePercentEncoded() {
    try (Wire wire = server.connect()) {
      wire.send("GET /v0/topics/\u00c3\u00a4 HTTP/1.1\r\nHost: localhost\r\n\r\n");
      wire.read().invalid().saying("must be percent-encoded");
    }
  }
}
