package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// http-api §1.3: what each error says, word for word. A message says what is wrong, where, and
/// what to do; whoever makes one worse sees it here. Errors of a disk that fails are in
/// [StorageContractTest], those of a start and an end in [ProcessContractTest].
class ErrorBodiesContractTest {
  @RegisterExtension static final ContractServer server = new ContractServer();

  @BeforeAll
  static void fill() {
    server.put("/v0/topics/log", "{}").is(201);
    server.put("/v0/topics/queue", "{'type':'queue'}").is(201);
    server.put("/v0/topics/full", "{'cap_records':1,'discard':'reject'}").is(201);
    server.append("log", "1", "2").is(200);
    server.append("full", "1").is(200);
    server.put("/v0/routers/r", "{'source':'log','dest':'copy'}").is(201);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "not JSON | { | the body is not valid JSON: expected a key in double quotes at byte 1,"
            + " found the end | {'offset':1}",
        "no records | {} | records is required: [{'data': …}, …] | {'field':'records'}",
        "none inside | {'records':[]} | records must hold at least one record"
            + " | {'field':'records'}",
        "no data | {'records':[{'sku':1}]} | records[0].data is required; it may be any JSON value"
            + " | {'field':'records[0].data'}",
        "wrong type | {'records':[{'data':1,'tag':5}]} | records[0].tag must be a string,"
            + " not a number | {'field':'records[0].tag'}",
        "typo | {'records':[{'data':1}],'config':{'durabilty':'fsync'}} | there is no configuration"
            + " field 'durabilty'; did you mean 'durability'?"
            + " | {'field':'durabilty','nearest':'durability'}",
        "wrong word | {'records':[{'data':1}],'config':{'discard':'new'}} | discard must be one of"
            + " old, reject, not 'new' | {'field':'discard'}",
        "negative | {'records':[{'data':1}],'config':{'ttl_ms':-5}} | ttl_ms must be a whole"
            + " number, 0 or more, not -5 | {'field':'ttl_ms'}",
      })
  void aWriteThatIsNoneSaysWhy(String name, String body, String message, String detail) {
    server
        .unchanged("log", () -> server.post("/v0/topics/log", body))
        .invalid()
        .telling(message, detail);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "GET | /v0/topics?cursor=abc | | the cursor is not one that a list has given; start without"
            + " a cursor | {'parameter':'cursor'}",
        "GET | /v0/topics?page_size=-1 | | query parameter page_size must be a whole number, 0 or"
            + " more, not '-1' | {'parameter':'page_size'}",
        "GET | /v0/topics/log?touch=maybe | | query parameter touch must be true or false, not"
            + " 'maybe' | {'parameter':'touch'}",
        "GET | /v0/topics/a%20b | | a topic name has 1 to 255 characters out of A-Z a-z 0-9 . _ : -"
            + " and starts with a letter or a digit; 'a b' does not | {'topic':'a b'}",
        "GET | /v0/topics/a%zz | | the request target has a % that two hex digits do not follow"
            + " | {}",
        "POST | /v0/topics/log/diff | {'from_seq':'1'} | from_seq must be a whole number, 0 or"
            + " more, not a string | {'field':'from_seq'}",
        "POST | /v0/topics/log/delete | {} | say which records: before_seq, match, or both | {}",
        "POST | /v0/topics/log/delete | {'match':['tag','Like','x']} | match must be ['tag', 'Eq',"
            + " 'x'], ['tag', 'Glob', 'x*'] with one * at the end, or a string"
            + " | {'field':'match'}",
        "PUT | /v0/topics/log | {'dead_letter':'log'} | dead_letter must be another topic than"
            + " 'log' itself | {'field':'dead_letter'}",
        "PUT | /v0/topics/log | {'dead_letter':'a b'} | dead_letter: a topic name has 1 to 255"
            + " characters out of A-Z a-z 0-9 . _ : - and starts with a letter or a digit; 'a b'"
            + " does not | {'field':'dead_letter'}",
        "PUT | /v0/topics/log | [] | the body must be a JSON object, not an array | {}",
        "PUT | /v0/topics/log | {'backoff_ms':[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,"
            + "1,1,1,1,1,1,1,1,1,1,1]} | backoff_ms has more than 32 steps"
            + " | {'field':'backoff_ms','max':32}",
        "PUT | /v0/routers/r | {'source':'a.>.b','dest':'d'} | source: a pattern is a topic name in"
            + " which tokens between . and : are * (any one) or, at the end, > (one or more);"
            + " 'a.>.b' is none | {'field':'source'}",
      })
  void anyOtherRequestThatIsInvalidSaysWhy(
      String method, String path, String body, String message, String detail) {
    Request request = server.request(method, path);
    if (body != null) {
      request.json(body);
    }
    server.unchanged("log", request::send).invalid().telling(message, detail);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "404 | topic_not_found | POST | /v0/topics/nobody/diff | {} | topic 'nobody' does not exist"
            + " | {'topic':'nobody'}",
        "404 | router_not_found | GET | /v0/routers/nobody | | router 'nobody' does not exist"
            + " | {'router':'nobody'}",
        "404 | not_found | GET | /topics/log | | there is nothing at /topics/log; below / there is"
            + " healthz, metrics, readyz, v0 | {}",
        "404 | not_found | GET | /v0/topics/ | | there is nothing at /v0/topics/; below /v0/topics"
            + " there is {topic} | {}",
        "405 | method_not_allowed | POST | /v0/topics | {} | /v0/topics takes GET, HEAD, not POST"
            + " | {}",
        "409 | topic_exists_incompatible | PUT | /v0/topics/log | {'type':'queue'} | topic 'log' is"
            + " a log, and its type cannot be changed; use another name"
            + " | {'topic':'log','type':'log'}",
        "409 | topic_not_empty | DELETE | /v0/topics/log?if_empty=true | | topic 'log' is not"
            + " empty, and if_empty was asked for | {'topic':'log','count':2}",
        "409 | not_a_queue | POST | /v0/topics/log/claim | {'node':'w'} | topic 'log' is a log;"
            + " leases, delays, priorities and order keys are for queues, which are created with"
            + " {'type': 'queue'} | {'topic':'log'}",
        "422 | topic_full | POST | /v0/topics/full | {'records':[{'data':2}]} | topic 'full' is"
            + " full and refuses more; delete records or raise its caps"
            + " | {'topic':'full','cap_records':1,'cap_bytes':0,'head_seq':1,'earliest_seq':1}",
        "400 | record_too_large | POST | /v0/topics/full | {'records':[{'data':2},{'data':3}]}"
            + " | this write alone is larger than a cap of topic 'full'; send less or raise it"
            + " | {'topic':'full','cap_records':1,'cap_bytes':0}",
      })
  void aRefusalSaysWhy(
      int status,
      String code,
      String method,
      String path,
      String body,
      String message,
      String detail) {
    Request request = server.request(method, path);
    if (body != null) {
      request.json(body);
    }
    server.unchanged("log", request::send).refused(status, code).telling(message, detail);
  }

  @Test
  void whatIsTooLargeSaysByHowMuch() {
    String tooMany = "{'records':" + Json.repeated("{'data':0}", 10_001) + "}";
    server
        .unchanged("log", () -> server.post("/v0/topics/log", tooMany))
        .refused(400, "batch_too_large")
        .telling(
            "records holds more than 10000 records; send them in several writes",
            "{'field':'records','max':10000}");
    String tooLarge = "\"" + "x".repeat(1 << 20) + "\"";
    server
        .unchanged("log", () -> server.append("log", "1", tooLarge))
        .refused(400, "record_too_large")
        .telling(
            "records[1] has 1048578 bytes of data and meta; at most 1048576 are allowed",
            "{'field':'records[1]','max':1048576,'bytes':1048578}");
    String tag = "{'records':[{'data':0,'tag':'" + "t".repeat(257) + "'}]}";
    server
        .unchanged("log", () -> server.post("/v0/topics/log", tag))
        .invalid()
        .telling("records[0].tag has more than 256 bytes", "{'field':'records[0].tag','max':256}");
  }

  @Test
  void aBodyBeyondTheLimitSaysWhatTheLimitIs() {
    try (ContractServer small = new ContractServer(Map.of("TOPICS_MAX_BODY_BYTES", "30"))) {
      small.start();
      small
          .append("t", "\"some more than thirty bytes\"")
          .refused(413, "payload_too_large")
          .telling(
              "the request body is larger than 30 bytes; send smaller batches",
              "{'max_body_bytes':30}");
    }
  }

  @Test
  void aBodyOfAnotherKindSaysWhatToSend() {
    String hint = "send Content-Type: application/json; with curl use --json";
    Request write = server.request("POST", "/v0/topics/log");
    write.send().refused(415, "unsupported_media_type");
    write.send().telling("the request has no body and no Content-Type: " + hint, "{}");
    write.body(Json.write("1")).send().telling("the request has no Content-Type: " + hint, "{}");
    write.header("Content-Type", "text/plain");
    write.send().telling("the Content-Type is text/plain: " + hint, "{}");
    Request packed = server.request("POST", "/v0/topics/log").json(Json.write("1"));
    Answer answer = packed.header("Content-Encoding", "br").send();
    answer.refused(415, "unsupported_media_type");
    answer.telling("Content-Encoding may be gzip or absent, not br", "{}");
  }

  @Test
  void aStreamThatMayNotBeOneSaysWhatToAccept() {
    String wid = server.post("/v0/watch", "{'topics':{'log':{}}}").is(200).string("/stream_url");
    Answer answer = server.request("GET", wid).header("Accept", "application/json").send();
    answer.refused(406, "not_acceptable");
    answer.telling("this answers with text/event-stream, which the Accept header excludes", "{}");
    server
        .get("/v0/watch/wid_unknown")
        .refused(404, "not_found")
        .telling(
            "there is no watch session wid_unknown; it has expired or never was",
            "{'wid':'wid_unknown'}");
  }

  @Test
  void whoMayNotIsToldWhatIsMissing() {
    try (ContractServer locked = new ContractServer(Map.of("TOPICS_API_KEYS", "key:r:log"))) {
      locked.start();
      Answer none = locked.get("/v0/topics").refused(401, "unauthorized");
      none.telling("this server asks for a key: send it as Authorization: Bearer KEY", "{}");
      assertThat(none.header("WWW-Authenticate")).isEqualTo("Bearer");
      Request wrong = locked.request("GET", "/v0/topics").header("Authorization", "Bearer x");
      wrong.send().refused(401, "unauthorized").telling("this is no key of this server", "{}");
      Request write = locked.request("PUT", "/v0/topics/log").header("Authorization", "Bearer key");
      write
          .send()
          .refused(403, "forbidden")
          .telling(
              "this key does not allow PUT /v0/topics/{topic}: it has the scopes read, and admin"
                  + " is needed",
              "{}");
      Request other = locked.request("GET", "/v0/topics/x").header("Authorization", "Bearer key");
      other
          .send()
          .refused(403, "forbidden")
          .telling("this key does not reach 'x', only names that begin with log", "{'name':'x'}");
    }
  }

  @Test
  void aLimitSaysWhichItIs() {
    try (ContractServer small = new ContractServer(Map.of("TOPICS_MAX_TOPICS", "1"))) {
      small.start();
      small.topic("{}");
      Answer answer = small.append("more", "1").refused(429, "throttled");
      answer.telling("the limit max_topics is reached: 1", "{'limit':'max_topics','max':1}");
      assertThat(answer.header("Retry-After")).isEqualTo("1");
    }
  }

  @Test
  void routersThatCannotBeSayWhy() {
    server
        .put("/v0/routers/back", "{'source':'copy','dest':'log'}")
        .refused(409, "router_cycle")
        .telling(
            "records would come back: copy -> log -> copy; allow_cycle lets them, up to 16 times",
            "{'cycle':['copy','log','copy']}");
    server
        .put("/v0/routers/second", "{'source':'queue','dest':'copy'}")
        .refused(409, "topic_exists_incompatible")
        .telling(
            "topic 'copy' is fed from 'log' by router 'r', and takes one source only",
            "{'reason':'router_dest_fan_in','dest':'copy','source':'log','router':'r'}");
  }
}
