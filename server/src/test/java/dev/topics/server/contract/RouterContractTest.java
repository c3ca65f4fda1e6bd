package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// http-api §7, semantics §7: routers, and what they forward.
class RouterContractTest {
  @RegisterExtension static final ContractServer server = new ContractServer();

  private final String source = server.name();
  private final String dest = server.name();
  private final String name = server.name();

  private Answer put(String router, String body) {
    return server.put("/v0/routers/" + router, body);
  }

  private Answer route() {
    return put(name, "{'source':'" + source + "','dest':'" + dest + "'}").is(201);
  }

  /// The data of everything in `topic`, as soon as there are so many records.
  private static List<String> arrivals(String topic, int count) {
    Instant deadline = Instant.now().plus(Duration.ofSeconds(60));
    long cursor = 0;
    List<String> data = new ArrayList<>();
    while (data.size() < count && Instant.now().isBefore(deadline)) {
      Answer page = server.diff(topic, "{'from_seq':" + cursor + ",'wait_ms':1000}").is(200);
      data.addAll(page.data());
      cursor = page.number("/next_from_seq");
    }
    return data;
  }

  @Test
  void aNewRouterAnswersWithAllThatItIs() {
    Answer created = route();
    created.hasExactly(
        "",
        "router",
        "source",
        "dest",
        "preserve_node",
        "preserve_tag",
        "filter",
        "allow_cycle",
        "guarantee",
        "forwarded_total",
        "cursor",
        "lag",
        "blocked",
        "created",
        "performance");
    created.has("/router", name).has("/source", source).has("/dest", dest);
    created.has("/preserve_node", true).has("/preserve_tag", true).hasNull("/filter");
    created.has("/allow_cycle", false).has("/guarantee", "at_least_once");
    created.has("/forwarded_total", 0).has("/cursor", 0).has("/lag", 0).hasNull("/blocked");
    created.has("/created", true);
    assertThat(server.exists(source)).isTrue();
    assertThat(server.exists(dest)).isTrue();
  }

  @Test
  void aRepeatChangesNothingAndADifferentOneTheGivenFields() {
    route();
    put(name, "{'source':'" + source + "','dest':'" + dest + "'}").is(200).has("/created", false);
    put(
            name,
            "{'source':'%s','dest':'%s','preserve_tag':false,'guarantee':'exactly_once'}"
                .formatted(source, dest))
        .is(200)
        .has("/preserve_tag", false)
        .has("/preserve_node", true);
    put(name, "{'source':'%s','dest':'%s','filter':['tag','Glob','x*']}".formatted(source, dest))
        .is(200)
        .has("/preserve_tag", false)
        .has("/guarantee", "exactly_once")
        .hasJson("/filter", "['tag','Glob','x*']");
    put(name, "{'source':'%s','dest':'%s','filter':null}".formatted(source, dest))
        .is(200)
        .hasNull("/filter");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'dest':'b'} | source",
        "{'source':'a'} | dest",
        "{'source':'same','dest':'same'} | different",
        "{'source':'a b','dest':'b'} | source",
        "{'source':'a','dest':'b.*'} | dest",
        "{'source':'a.>.b','dest':'b'} | source",
        "{'source':'a','dest':'b','preserve_nod':true} | preserve_node",
        "{'source':'a','dest':'b','preserve_tag':1} | preserve_tag",
        "{'source':'a','dest':'b','guarantee':'perhaps'} | exactly_once",
        "{'source':'a','dest':'b','filter':['node','Eq','x']} | filter",
        "{'source':'a','dest':'b','filter':['tag','Glob','*x']} | filter",
        "{'source':'a','dest':'b','from_seq':-1} | from_seq",
        "{'source':1,'dest':'b'} | source",
        "[] | object"
      })
  void whatIsWrongIsNamed(String body, String word) {
    put(name, body).invalid().saying(word);
    server.get("/v0/routers/" + name).refused(404, "router_not_found");
  }

  @Test
  void namesOfRoutersMayPoint() {
    String body = "{'source':'" + source + "','dest':'" + dest + "'}";
    put(name + "-%3Ey", body).is(201).has("/router", name + "->y");
    server.get("/v0/routers/" + name + "->y").is(200).has("/source", source);
    put("%3Ea", body).invalid();
    put("a%20b", body).invalid();
    put("a*", body).invalid();
  }

  @Test
  void aDestinationIsOnlyCreatedIfItMayBe() {
    put(name, "{'source':'%s','dest':'%s','create_dest':false}".formatted(source, dest))
        .refused(404, "topic_not_found");
    assertThat(server.exists(source)).isFalse();
    server.topic("{}");
    server.put("/v0/topics/" + dest, "{}").is(201);
    put(name, "{'source':'%s','dest':'%s','create_dest':false}".formatted(source, dest)).is(201);
  }

  @Test
  void cyclesAreRefusedWithTheWayThatTheyTake() {
    String middle = server.name();
    put(name + "1", "{'source':'%s','dest':'%s'}".formatted(source, middle)).is(201);
    put(name + "2", "{'source':'%s','dest':'%s'}".formatted(middle, dest)).is(201);
    put(name + "3", "{'source':'%s','dest':'%s'}".formatted(dest, source))
        .refused(409, "router_cycle")
        .hasJson(
            "/error/detail/cycle", "['%s','%s','%s','%s']".formatted(dest, source, middle, dest));
    String pattern = "{'source':'%s.>','dest':'%s.all'}".formatted(source, source);
    put(name + "4", pattern).refused(409, "router_cycle");
    put(name + "3", "{'source':'%s','dest':'%s','allow_cycle':true}".formatted(dest, source))
        .is(201)
        .has("/allow_cycle", true);
    server.append(source, "1").is(200);
    assertThat(arrivals(dest, 5)).hasSize(5);
  }

  @Test
  void aDestinationHasOneSource() {
    route();
    String other = server.name();
    put(name + "2", "{'source':'%s','dest':'%s'}".formatted(other, dest))
        .refused(409, "topic_exists_incompatible")
        .has("/error/detail/reason", "router_dest_fan_in")
        .has("/error/detail/router", name);
    assertThat(server.exists(other)).isFalse();
    put(name + "3", "{'source':'%s','dest':'%s','filter':'x'}".formatted(source, dest))
        .is(201)
        .hasJson("/filter", "['tag','Eq','x']");
  }

  @Test
  void recordsArriveWithEverything() {
    route();
    server
        .post(
            "/v0/topics/" + source,
            "{'records':[{'data':{'n':12},'node':'n','tag':'t','meta':{'k':'v'}},{'data':2}]}")
        .is(200);
    assertThat(arrivals(dest, 2)).containsExactly("{\"n\":12}", "2");
    server
        .diff(dest, "{'include_tags':true}")
        .is(200)
        .has("/records/0/$seq", 1)
        .has("/records/0/$node", "n")
        .has("/records/0/$tag", "t")
        .hasJson("/records/0/meta", "{'k':'v'}")
        .lacks("/records/1/$node");
    server
        .get("/v0/routers/" + name)
        .is(200)
        .has("/forwarded_total", 2)
        .has("/cursor", 2)
        .has("/lag", 0);
  }

  @Test
  void whatIsNotPreservedAndWhatDoesNotPassTheFilterStaysBehind() {
    put(
            name,
            "{'source':'%s','dest':'%s','preserve_node':false,'preserve_tag':false,'filter':'t'}"
                .formatted(source, dest))
        .is(201);
    server.post(
        "/v0/topics/" + source,
        "{'records':[{'data':1,'node':'n','tag':'t'},{'data':2},{'data':3,'tag':'t'}]}");
    assertThat(arrivals(dest, 2)).containsExactly("1", "3");
    server
        .diff(dest, "{'include_tags':true}")
        .is(200)
        .hasExactly("/records/0", "$seq", "$ts", "data");
  }

  @Test
  void exactlyOnceTellsWhereARecordCameFrom() {
    put(name, "{'source':'%s','dest':'%s','guarantee':'exactly_once'}".formatted(source, dest))
        .is(201)
        .has("/guarantee", "exactly_once");
    server.append(source, "1");
    arrivals(dest, 1);
    server
        .diff(dest, "{}")
        .is(200)
        .hasJson(
            "/records/0/meta",
            "{'_topics_router':{'router':'%s','source':'%s','seq':1}}".formatted(name, source));
  }

  @Test
  void aRouterStartsAtTheHeadUnlessItIsTold() {
    server.append(source, "1", "2", "3");
    route().has("/cursor", 3);
    String back = server.name();
    put(name + "2", "{'source':'%s','dest':'%s','from_seq':1}".formatted(source, back)).is(201);
    server.append(source, "4");
    assertThat(arrivals(dest, 1)).containsExactly("4");
    assertThat(arrivals(back, 3)).containsExactly("2", "3", "4");
  }

  @Test
  void aPatternTakesTopicsOfNowAndLater() {
    server.append(source + ".a", "1");
    Answer created =
        put(name, "{'source':'%s.>','dest':'%s','from_seq':0}".formatted(source, dest)).is(201);
    created.has("/source", source + ".>").lacks("/cursor").has("/sources_total", 1);
    created.has("/sources/0/topic", source + ".a");
    arrivals(dest, 1);
    server.append(source + ".b:c", "2");
    server.append(source, "3");
    assertThat(arrivals(dest, 2)).containsExactly("1", "2");
    server.get("/v0/routers/" + name).is(200).has("/sources_total", 2).has("/lag", 0);
  }

  @Test
  void aFullDestinationHoldsTheRouterAndItSaysSo() {
    server.put("/v0/topics/" + dest, "{'cap_records':1,'discard':'reject'}").is(201);
    route();
    server.append(source, "1", "2");
    assertThat(arrivals(dest, 1)).containsExactly("1");
    Answer stopped = server.get("/v0/routers/" + name).is(200);
    for (int i = 0; i < 2000 && stopped.at("/blocked").isNull(); i++) {
      server.diff(dest, "{'from_seq':1,'wait_ms':20}").is(200);
      stopped = server.get("/v0/routers/" + name).is(200);
    }
    stopped.has("/lag", 1).has("/blocked/reason", "dest_full").has("/blocked/topic", dest);
    stopped.has("/blocked/from_seq", 2).has("/blocked/to_seq", 2);
    server.deleteRecords(dest, "{'before_seq':2}").is(200);
    assertThat(arrivals(dest, 1)).containsExactly("2");
  }

  @Test
  void whatTheSourceLosesIsToldInTheDestination() {
    server.put("/v0/topics/" + source, "{'cap_records':1}").is(201);
    server.append(source, "1", "2", "3");
    put(name, "{'source':'%s','dest':'%s','from_seq':0}".formatted(source, dest)).is(201);
    assertThat(arrivals(dest, 1)).containsExactly("3");
    server
        .diff(dest, "{}")
        .is(200)
        .has("/tombstone/reason", "source_trim")
        .has("/tombstone/gap_from", 1)
        .has("/tombstone/gap_to", 2)
        .has("/records/0/$seq", 3);
  }

  @Test
  void deletingARouterLeavesWhatItForwarded() {
    route();
    server.append(source, "1");
    arrivals(dest, 1);
    server
        .delete("/v0/routers/" + name)
        .is(200)
        .hasExactly("", "router", "deleted", "performance")
        .has("/router", name)
        .has("/deleted", true);
    server.delete("/v0/routers/" + name).is(200).has("/deleted", false);
    server.get("/v0/routers/" + name).refused(404, "router_not_found");
    assertThat(server.state(dest).number("/count")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aDeletedTopicTakesItsRoutersAlong(boolean deleteSource) {
    route();
    put(name + "2", "{'source':'%s','dest':'%s'}".formatted(source, dest)).is(201);
    server
        .delete("/v0/topics/" + (deleteSource ? source : dest))
        .is(200)
        .hasJson("/routers_removed", "['%s','%s2']".formatted(name, name));
    server.get("/v0/routers/" + name).refused(404, "router_not_found");
  }

  @Test
  void listsGoByPrefixSourceAndDestination() {
    for (int i = 1; i <= 5; i++) {
      put(name + i, "{'source':'%s','dest':'%s'}".formatted(source, dest + (i % 2))).is(201);
    }
    assertThat(pages("prefix=" + name)).containsExactly("1", "2", "3", "4", "5");
    assertThat(pages("source=" + source)).hasSize(5);
    assertThat(pages("dest=" + dest + "1")).containsExactly("1", "3", "5");
    assertThat(pages("dest=" + dest + "1&source=other")).isEmpty();
    assertThat(pages("source=" + source + "&prefix=" + name + "4")).containsExactly("4");
    assertThat(pages("source=nothing")).isEmpty();
    server.get("/v0/routers?cursor=nonsense").invalid();
  }

  private List<String> pages(String query) {
    List<String> found = new ArrayList<>();
    String cursor = "";
    do {
      Answer page = server.get("/v0/routers?page_size=2&" + query + cursor).is(200);
      page.at("/routers")
          .forEach(item -> found.add(item.at("/router").asString().substring(name.length())));
      cursor =
          page.at("/next_cursor").isMissingNode() ? "" : "&cursor=" + page.string("/next_cursor");
    } while (!cursor.isEmpty());
    return found;
  }

  @Test
  void routersAndTheirCursorsSurviveAKill() {
    try (ContractServer mine = ContractServer.started()) {
      mine.put("/v0/routers/r", "{'source':'a','dest':'b'}").is(201);
      mine.append("a", "1", "2");
      mine.awaitCount("b", 2);
      try (ContractServer after = mine.killed()) {
        after.get("/v0/routers/r").is(200).has("/cursor", 2).has("/forwarded_total", 2);
        after.append("a", "3");
        after.diff("b", "{'from_seq':2,'wait_ms':30000}").is(200).has("/records/0/data", 3);
        assertThat(after.state("b").number("/count")).isEqualTo(3);
      }
    }
  }

  @Test
  void theNumberOfRoutersIsAMetric() {
    route();
    Answer metrics = server.request("GET", "/v0/metrics").send();
    assertThat(metrics.text()).containsPattern("topics_routers [1-9]");
  }
}
