package dev.topics.engine.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.json.WriteBody.Accepted;
import dev.topics.engine.json.WriteBody.Code;
import dev.topics.engine.json.WriteBody.Rejected;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WriteBodyTest {
  private final WriteBody write = new WriteBody(WriteLimits.DEFAULT);
  private byte[] source = {};

  @Test
  void theExampleOfTheContractIsUnderstood() {
    accept(
        """
        {"records": [{"data": {"sku": "A-1"}, "tag": "order-7731", "node": "eu-1",
                      "meta": {"trace": "abc"}}],
         "node": "eu-2", "idempotency_key": "batch-7f3a", "create": true,
         "config": {"durable": true}, "disable_backpressure": false}
        """);
    assertThat(write.count()).isEqualTo(1);
    assertThat(data(0)).isEqualTo("{\"sku\":\"A-1\"}");
    assertThat(meta(0)).isEqualTo("{\"trace\":\"abc\"}");
    assertThat(tag(0)).isEqualTo("order-7731");
    assertThat(node(0)).isEqualTo("\"eu-1\"");
    assertThat(write.idempotencyKey()).isEqualTo("batch-7f3a");
    assertThat(write.createOr(false)).isTrue();
    assertThat(text(write.configStart(), write.configEnd())).isEqualTo("{\"durable\": true}");
    assertThat(write.disableBackpressure()).isFalse();
  }

  @Test
  void whatIsNotSentIsAbsent() {
    accept("{\"records\":[{\"data\":1}]}");
    assertThat(write.hasMeta(0)).isFalse();
    assertThat(write.hasTag(0)).isFalse();
    assertThat(write.hasNode(0)).isFalse();
    assertThat(write.metaStart(0)).isEqualTo(-1);
    assertThat(write.metaBytes(0)).isZero();
    assertThat(write.tagBytes(0)).isZero();
    assertThat(write.nodeJsonBytes(0)).isZero();
    assertThat(write.idempotencyKey()).isNull();
    assertThat(write.createOr(true)).isTrue();
    assertThat(write.createOr(false)).isFalse();
    assertThat(write.configStart()).isEqualTo(-1);
    assertThat(write.disableBackpressure()).isFalse();
  }

  @Test
  void nullStandsForAnAbsentFieldButIsDataOfItsOwn() {
    accept(
        """
        {"records":[{"data":null,"tag":null,"node":null,"meta":null}],"node":null,
         "idempotency_key":null,"create":null,"config":null,"disable_backpressure":null}\
        """);
    assertThat(data(0)).isEqualTo("null");
    assertThat(write.hasTag(0)).isFalse();
    assertThat(write.hasNode(0)).isFalse();
    assertThat(write.hasMeta(0)).isFalse();
    assertThat(write.idempotencyKey()).isNull();
    assertThat(write.createOr(true)).isTrue();
    assertThat(write.createOr(false)).isFalse();
    assertThat(write.configStart()).isEqualTo(-1);
    assertThat(write.disableBackpressure()).isFalse();
  }

  @Test
  void theNodeOfTheBatchIsThatOfRecordsWithoutOneWhereverItStands() {
    String records =
        "\"records\":[{\"data\":1},{\"data\":2,\"node\":\"own\"},{\"node\":null,\"data\":3}]";
    for (String body :
        new String[] {"{\"node\":\"b\"," + records + "}", "{" + records + ",\"node\":\"b\"}"}) {
      accept(body);
      assertThat(node(0)).isEqualTo("\"b\"");
      assertThat(node(1)).isEqualTo("\"own\"");
      assertThat(node(2)).isEqualTo("\"b\"");
    }
  }

  @Test
  void theLastOfTwoEqualKeysCounts() {
    accept(
        """
        {"records":[{"data":1},{"data":2}],"node":"x","create":false,"idempotency_key":"k1",
         "records":[{"data":3,"tag":"t","meta":{"a":"b"},"data":[4],"tag":null,"meta":{}}],
         "node":"y","create":true,"idempotency_key":"k2","config":{"a":1},"config":null}\
        """);
    assertThat(write.count()).isEqualTo(1);
    assertThat(data(0)).isEqualTo("[4]");
    assertThat(write.hasTag(0)).isFalse();
    assertThat(meta(0)).isEqualTo("{}");
    assertThat(node(0)).isEqualTo("\"y\"");
    assertThat(write.createOr(false)).isTrue();
    assertThat(write.idempotencyKey()).isEqualTo("k2");
    assertThat(write.configStart()).isEqualTo(-1);
  }

  @Test
  void everyOccurrenceOfAKeyIsChecked() {
    reject(
        "{\"records\":[{\"data\":1,\"tag\":5,\"tag\":\"t\"}]}",
        "records[0].tag must be a string, not a number");
    reject("{\"records\":[],\"records\":[{\"data\":1}]}", "records must hold at least one record");
  }

  @Test
  void keysAreComparedDecoded() {
    accept(
        """
        {"r\\u0065cords":[{"d\\u0061ta":1,"\\u0074ag":"t","m\\u0065ta":{},"no\\u0064e":"n"}]}\
        """);
    assertThat(data(0)).isEqualTo("1");
    assertThat(tag(0)).isEqualTo("t");
    assertThat(meta(0)).isEqualTo("{}");
    assertThat(node(0)).isEqualTo("\"n\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Data", "dat", "dataa", "DATA", "date", " data", "metA", "tog", "nod", "d\\ud800"})
  void unknownFieldsAreIgnored(String key) {
    accept("{\"%s\":[{}],\"records\":[{\"%s\":{\"x\":[1]},\"data\":1}]}".formatted(key, key));
    assertThat(data(0)).isEqualTo("1");
    assertThat(write.hasMeta(0) || write.hasTag(0) || write.hasNode(0)).isFalse();
  }

  @Test
  void unknownFieldsMustStillBeValidJson() {
    reject("{\"x\":01,\"records\":[{\"data\":1}]}", null);
    reject("{\"records\":[{\"data\":1,\"x\":[1,]}]}", null);
  }

  @Test
  void dataAndMetaLoseOnlyInsignificantWhitespace() {
    accept(
        """
        {"records":[{"data": { "b" : 1.0e+2 , "a" : " \\u0041\\/ " , "a":2 } ,"meta":
        { "k" : [ ] } }]}\
        """);
    assertThat(data(0)).isEqualTo("{\"b\":1.0e+2,\"a\":\" \\u0041\\/ \",\"a\":2}");
    assertThat(meta(0)).isEqualTo("{\"k\":[]}");
    assertThat(write.dataEnd(0) - write.dataStart(0)).isGreaterThan(write.dataBytes(0));
  }

  @Test
  void nodesAreCanonicalLiteralsAndTagsPlainText() {
    accept(
        """
        {"records":[{"data":1,"node":"\\u00e9\\/\\u000a\\u001F\\"","tag":"\\u00e9\\/\\u000a\\""}]}\
        """);
    assertThat(node(0)).isEqualTo("\"é/\\n\\u001f\\\"\"");
    assertThat(tag(0)).isEqualTo("é/\n\"");
  }

  @Test
  void emptyStringsAreStringsButForAKeyThatIsNone() {
    accept("{\"records\":[{\"data\":\"\",\"node\":\"\",\"tag\":\"\"}],\"idempotency_key\":\"\"}");
    assertThat(node(0)).isEqualTo("\"\"");
    assertThat(write.hasTag(0)).isTrue();
    assertThat(tag(0)).isEmpty();
    assertThat(write.idempotencyKey()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          []                                  | the body must be a JSON object, not an array
          null                                | the body must be a JSON object, not null
          {}                                  | records is required: [{"data": …}, …]
          {"records":null}                    | records must be an array, not null
          {"records":{}}                      | records must be an array, not an object
          {"records":[]}                      | records must hold at least one record
          {"records":[1]}                     | records[0] must be an object, not a number
          {"records":[{"data":1},null]}       | records[1] must be an object, not null
          {"records":[{"data":1},{}]} | records[1].data is required; it may be any JSON value
          {"records":[{"tag":"t"}]} | records[0].data is required; it may be any JSON value
          {"records":[{"data":1,"tag":1}]}    | records[0].tag must be a string, not a number
          {"records":[{"data":1,"node":{}}]}  | records[0].node must be a string, not an object
          {"records":[{"data":1,"meta":[]}]}  | records[0].meta must be an object, not an array
          {"records":[{"data":1,"meta":""}]}  | records[0].meta must be an object, not a string
          {"node":1}                          | node must be a string, not a number
          {"idempotency_key":1}               | idempotency_key must be a string, not a number
          {"create":"true"}                   | create must be true or false, not a string
          {"create":1}                        | create must be true or false, not a number
          {"disable_backpressure":[]} | disable_backpressure must be true or false, not an array
          {"config":true}                     | config must be an object, not a boolean
          {"node":"\\ud800"}                  | node holds half a surrogate pair
          {"idempotency_key":"\\udc00"}       | idempotency_key holds half a surrogate pair
          {"records":[{"tag":"\\ud800x"}]}    | records[0].tag holds half a surrogate pair
          """)
  void whatIsWrongIsNamedByItsPath(String body, String message) {
    reject(body, message);
  }

  @Test
  void whatIsNoValueAtAllIsNotTakenForAWrongType() {
    for (String field : new String[] {"node", "create", "config", "records"}) {
      Rejected rejected = reject("{\"%s\":x}".formatted(field), null);
      assertThat(rejected.message()).contains("expected a value");
    }
  }

  @Test
  void whatIsNotJsonIsNamedByItsOffset() {
    Rejected rejected = reject("{\"records\":[{\"data\":1,}]}", null);
    assertThat(rejected.code()).isEqualTo(Code.INVALID_REQUEST);
    assertThat(rejected.message())
        .isEqualTo(
            "the body is not valid JSON: expected a key in double quotes at byte 22, found '}'");
    assertThat(rejected.detail()).isEqualTo(Map.of("offset", 22));
  }

  @Test
  void nothingMayFollowTheBody() {
    reject("{\"records\":[{\"data\":1}]}{}", null);
    accept("{\"records\":[{\"data\":1}]} \n");
  }

  @Test
  void anEmptyBodyIsRefused() {
    Rejected rejected = reject("", null);
    assertThat(rejected.message())
        .isEqualTo("the body is not valid JSON: expected a value at byte 0, found the end");
  }

  @Test
  void aByteOrderMarkIsRefused() {
    reject("\uFEFF{\"records\":[{\"data\":1}]}", null);
  }

  @Test
  void loneSurrogateEscapesPassInDataAndMeta() {
    accept("{\"records\":[{\"data\":\"\\ud800\",\"meta\":{\"\\udc00\":\"\\udfff\"}}]}");
    assertThat(data(0)).isEqualTo("\"\\ud800\"");
    assertThat(meta(0)).isEqualTo("{\"\\udc00\":\"\\udfff\"}");
  }

  @Test
  void theWireNamesOfTheCodesAreThoseOfTheContract() {
    assertThat(Code.INVALID_REQUEST.wireName()).isEqualTo("invalid_request");
    assertThat(Code.BATCH_TOO_LARGE.wireName()).isEqualTo("batch_too_large");
    assertThat(Code.RECORD_TOO_LARGE.wireName()).isEqualTo("record_too_large");
  }

  @Test
  void theBodyCanBeReusedAfterARejection() {
    accept("{\"records\":[{\"data\":1,\"tag\":\"t\"}],\"create\":false,\"node\":\"n\"}");
    reject("{\"records\":[{\"data\":1},{\"data\":2}],\"idempotency_key\":\"k\",\"x\":}", null);
    assertThat(write.count()).isZero();
    accept("{\"records\":[{\"data\":3}]}");
    assertThat(write.count()).isEqualTo(1);
    assertThat(write.hasTag(0)).isFalse();
    assertThat(write.hasNode(0)).isFalse();
    assertThat(write.idempotencyKey()).isNull();
    assertThat(write.createOr(true)).isTrue();
  }

  @Test
  void aBodyInTheMiddleOfABufferIsReadInPlace() {
    String body = "{\"records\":[{\"data\":[1]}]}";
    source = ("garbage" + body + "garbage").getBytes(UTF_8);
    assertThat(write.decode(source, 7, 7 + body.length())).isInstanceOf(Accepted.class);
    assertThat(write.dataStart(0)).isEqualTo(7 + 20);
    assertThat(data(0)).isEqualTo("[1]");
  }

  private void accept(String body) {
    source = body.getBytes(UTF_8);
    assertThat(write.decode(source, 0, source.length)).isEqualTo(new Accepted());
  }

  private Rejected reject(String body, String message) {
    source = body.getBytes(UTF_8);
    Rejected rejected = (Rejected) write.decode(source, 0, source.length);
    assertThat(rejected.code()).isEqualTo(Code.INVALID_REQUEST);
    if (message != null) {
      assertThat(rejected.message()).isEqualTo(message);
    }
    return rejected;
  }

  private String data(int i) {
    byte[] target = new byte[write.dataBytes(i)];
    assertThat(write.copyData(i, target, 0)).isEqualTo(target.length);
    return new String(target, UTF_8);
  }

  private String meta(int i) {
    byte[] target = new byte[write.metaBytes(i)];
    assertThat(write.copyMeta(i, target, 0)).isEqualTo(target.length);
    return new String(target, UTF_8);
  }

  private String tag(int i) {
    byte[] target = new byte[write.tagBytes(i)];
    assertThat(write.copyTag(i, target, 0)).isEqualTo(target.length);
    return new String(target, UTF_8);
  }

  private String node(int i) {
    byte[] target = new byte[write.nodeJsonBytes(i)];
    assertThat(write.copyNodeJson(i, target, 0)).isEqualTo(target.length);
    return new String(target, UTF_8);
  }

  private String text(int start, int end) {
    return new String(source, start, end - start, UTF_8);
  }
}
