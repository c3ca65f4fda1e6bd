package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// http-api §1.4 and §2.4: the list of topics and its pages.
class ListContractTest {
  @RegisterExtension static final ContractServer server = new ContractServer();

  @Test
  void anItemSaysWhatATopicIsAndHolds() {
    String topic = server.topicOf(3, "{'cap_records':2,'durable':true,'type':'queue'}");
    Answer list = server.get("/v0/topics?prefix=" + topic).is(200);
    list.hasExactly("", "topics", "performance");
    list.hasExactly(
        "/topics/0",
        "topic",
        "type",
        "head_seq",
        "earliest_seq",
        "count",
        "bytes",
        "durable",
        "durability",
        "effective_priority");
    list.hasJson(
        "/topics",
        "[{'topic':'"
            + topic
            + "','type':'queue','head_seq':3,'earliest_seq':2,'count':2,"
            + "'bytes':2,'durable':true,'durability':'fsync','effective_priority':0}]");
  }

  @Test
  void aListMayBeEmpty() {
    Answer list = server.get("/v0/topics?prefix=nothing-begins-with-this").is(200);
    list.hasExactly("", "topics", "performance").hasJson("/topics", "[]");
  }

  @Test
  void topicsAreOrderedByTheBytesOfTheirNames() {
    List<String> names =
        List.of("o-", "o-a", "o.", "o.b", "o0", "o1", "o10", "o2", "oA", "oZ", "o_", "oa", "oaa");
    List<String> shuffled = new ArrayList<>(names);
    java.util.Collections.shuffle(shuffled, new java.util.Random(3));
    create(shuffled);
    assertThat(names(server.get("/v0/topics?prefix=o").is(200))).isEqualTo(names);
    assertThat(pages("prefix=o&page_size=1")).isEqualTo(names);
    assertThat(pages("prefix=o&page_size=5")).isEqualTo(names);
  }

  @Test
  void aPrefixIsMatchedByteForByte() {
    create(List.of("pre", "pre.fix", "prefix", "Prefix", "prf"));
    assertThat(names(server.get("/v0/topics?prefix=pre")))
        .containsExactly("pre", "pre.fix", "prefix");
    assertThat(names(server.get("/v0/topics?prefix=pre%2e"))).containsExactly("pre.fix");
    assertThat(names(server.get("/v0/topics?prefix=prefixx"))).isEmpty();
    assertThat(names(server.get("/v0/topics?prefix=Pre"))).containsExactly("Prefix");
    assertThat(pages("prefix=&page_size=1000")).contains("pre", "Prefix");
  }

  @Test
  void pagesHave100TopicsUnlessToldOtherwise() {
    create(numbered("q", 101));
    Answer first = server.get("/v0/topics?prefix=q").is(200);
    assertThat(names(first)).isEqualTo(numbered("q", 101).subList(0, 100));
    String cursor = first.string("/next_cursor");
    Answer second = server.get("/v0/topics?prefix=q&cursor=" + cursor).is(200);
    assertThat(names(second)).containsExactly("q1100");
    second.lacks("/next_cursor");
  }

  @Test
  void pagesHaveAtMostAThousandTopics() {
    create(numbered("m", 1001));
    Answer first = server.get("/v0/topics?prefix=m&page_size=999999999").is(200);
    assertThat(names(first)).hasSize(1000);
    String cursor = first.string("/next_cursor");
    assertThat(names(server.get("/v0/topics?prefix=m&cursor=" + cursor))).containsExactly("m2000");
    assertThat(pages("prefix=m&page_size=1000")).isEqualTo(numbered("m", 1001));
  }

  @Test
  void aCursorIsGivenOnlyWhenMorePagesExist() {
    create(numbered("c", 4));
    server.get("/v0/topics?prefix=c&page_size=4").is(200).lacks("/next_cursor");
    server.get("/v0/topics?prefix=c&page_size=5").is(200).lacks("/next_cursor");
    Answer page = server.get("/v0/topics?prefix=c&page_size=2").is(200);
    String cursor = page.string("/next_cursor");
    server.get("/v0/topics?prefix=c&page_size=2&cursor=" + cursor).is(200).lacks("/next_cursor");
  }

  @Test
  void aCursorNeedsNoEscapingInAUrl() {
    create(List.of("u:1._-", "u:2"));
    String cursor = server.get("/v0/topics?prefix=u:&page_size=1").is(200).string("/next_cursor");
    assertThat(cursor).matches("[A-Za-z0-9._~-]+");
  }

  @Test
  void aCursorOutlivesChangesAroundIt() {
    create(List.of("x1", "x2", "x3", "x4"));
    String cursor = server.get("/v0/topics?prefix=x&page_size=2").is(200).string("/next_cursor");
    server.delete("/v0/topics/x2").is(200);
    server.delete("/v0/topics/x3").is(200);
    create(List.of("x0", "x25", "x5"));
    assertThat(names(server.get("/v0/topics?prefix=x&cursor=" + cursor).is(200)))
        .containsExactly("x25", "x4", "x5");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "!!!", "%00", "AAAA", "eyJ4IjoxfQ", "%F0%9F%98%80", "null"})
  void aCursorThatTheServerNeverGaveIsInvalid(String cursor) {
    server.get("/v0/topics?cursor=" + cursor).invalid().saying("cursor");
  }

  @Test
  void aDamagedCursorIsInvalid() {
    create(List.of("d1", "d2", "d3"));
    String cursor = server.get("/v0/topics?prefix=d&page_size=1").is(200).string("/next_cursor");
    server.get("/v0/topics?cursor=" + cursor.substring(1)).invalid();
    server.get("/v0/topics?cursor=" + cursor.substring(0, cursor.length() - 1)).invalid();
    server.get("/v0/topics?cursor=" + cursor + cursor).invalid();
    for (int i = 0; i < cursor.length(); i++) {
      char other = cursor.charAt(i) == 'a' ? 'b' : 'a';
      String damaged = cursor.substring(0, i) + other + cursor.substring(i + 1);
      server.get("/v0/topics?cursor=" + damaged).invalid();
    }
  }

  // ---- steps

  private static void create(List<String> names) {
    ByteArrayOutputStream puts = new ByteArrayOutputStream();
    for (int from = 0; from < names.size(); from += 100) {
      List<String> some = names.subList(from, Math.min(names.size(), from + 100));
      puts.reset();
      some.forEach(
          name -> puts.writeBytes(server.request("PUT", "/v0/topics/" + name).json("{}").bytes()));
      try (Wire wire = server.connect()) {
        wire.send(puts.toByteArray());
        some.forEach(_ -> assertThat(wire.read().status()).isIn(200, 201));
      }
    }
  }

  /// Names in their order: `prefix` and a number of four digits.
  private static List<String> numbered(String prefix, int count) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add(prefix + (1000 + i));
    }
    return names;
  }

  private static List<String> names(Answer list) {
    List<String> names = new ArrayList<>();
    list.at("/topics").forEach(item -> names.add(item.get("topic").stringValue()));
    return names;
  }

  private static List<String> pages(String query) {
    List<String> names = new ArrayList<>();
    String cursor = "";
    while (true) {
      Answer page = server.get("/v0/topics?" + query + cursor).is(200);
      names.addAll(names(page));
      if (!page.json().has("next_cursor")) {
        return names;
      }
      cursor = "&cursor=" + page.string("/next_cursor");
    }
  }
}
