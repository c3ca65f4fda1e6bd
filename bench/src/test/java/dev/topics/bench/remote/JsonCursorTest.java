package dev.topics.bench.remote;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class JsonCursorTest {
  @Test
  void membersAreFoundWhateverSurroundsThem() {
    JsonCursor json =
        Bytes.utf8(" { \"a\" : [1,{\"b\":\"]}\"}] ,\"n\":-17, \"t\":true,\"s\":\"x\",\"z\":null} ")
            .json();
    assertThat(json.nextMember()).isTrue();
    assertThat(json.nameIs("a")).isTrue();
    assertThat(json.nameIs("ab")).isFalse();
    assertThat(json.read()).hasToString("[1,{\"b\":\"]}\"}]");
    assertThat(json.nextMember()).isTrue();
    assertThat(json.readLong()).isEqualTo(-17);
    assertThat(json.nextMember()).isTrue();
    assertThat(json.readBoolean()).isTrue();
    assertThat(json.nextMember()).isTrue();
    assertThat(json.readPlainString()).isEqualTo("x");
    assertThat(json.nextMember()).isTrue();
    assertThat(json.skipNull()).isTrue();
    assertThat(json.nextMember()).isFalse();
  }

  @Test
  void bracketsAndQuotesInStringsAreText() {
    JsonCursor json = Bytes.utf8("[\"\\\"}\\\\\",{\"\\\\\":\"[\"},1.5e-3]").json();
    assertThat(json.nextElement()).isTrue();
    assertThat(json.read()).hasToString("\"\\\"}\\\\\"");
    assertThat(json.nextElement()).isTrue();
    assertThat(json.read()).hasToString("{\"\\\\\":\"[\"}");
    assertThat(json.nextElement()).isTrue();
    assertThat(json.read()).hasToString("1.5e-3");
    assertThat(json.nextElement()).isFalse();
  }

  @Test
  void emptyObjectsAndArraysHaveNothingInThem() {
    JsonCursor json = Bytes.utf8("{\"a\":{},\"b\":[ ]}").json();
    assertThat(json.nextMember()).isTrue();
    assertThat(json.nextMember()).isFalse();
    assertThat(json.nextMember()).isTrue();
    assertThat(json.nextElement()).isFalse();
    assertThat(json.nextMember()).isFalse();
  }

  @Test
  void aDiffAnswerIsRead() {
    String body =
        """
        {"topic":"t","records":[{"$seq":5,"$ts":9,"$node":"n","$tag":"a","meta":{"k":1},"data":[1]},
        {"$seq":6,"$ts":9,"data":null}],"next_from_seq":6,"head_seq":7,"earliest_seq":5,
        "caught_up":false,"tombstone":{"gap_from":1,"gap_to":4,"reason":"restart"},"lag":1}
        """;
    DiffPage page = DiffPage.parse(Bytes.utf8(body));
    assertThat(page.records())
        .containsExactly(
            new ReadRecord(
                5,
                9,
                Bytes.utf8("\"n\""),
                Bytes.utf8("\"a\""),
                Bytes.utf8("{\"k\":1}"),
                Bytes.utf8("[1]")),
            new ReadRecord(6, 9, Bytes.NONE, Bytes.NONE, Bytes.NONE, Bytes.utf8("null")));
    assertThat(page.nextFromSeq()).isEqualTo(6);
    assertThat(page.headSeq()).isEqualTo(7);
    assertThat(page.earliestSeq()).isEqualTo(5);
    assertThat(page.caughtUp()).isFalse();
    assertThat(page.tombstone()).isEqualTo(new Tombstone(1, 4, "restart"));
  }
}
