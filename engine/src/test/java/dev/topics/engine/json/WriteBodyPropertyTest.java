package dev.topics.engine.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

class WriteBodyPropertyTest {
  private static final WriteLimits NARROW = new WriteLimits(3, 60, 30, 12, 8);

  private static final Arbitrary<String> SPACE =
      Arbitraries.of("", "", "", "", " ", "\n", "\t", "\r\n  ");
  private static final Arbitrary<String> STRING = strings();
  private static final Arbitrary<String> OBJECT = objects(scalars());
  private static final Arbitrary<String> VALUE = values(values(scalars()));
  private static final Arbitrary<String> BODIES = batch();

  @Property(tries = 1_000, seed = "20260101", edgeCases = EdgeCasesMode.NONE)
  void aBodyMeansWhatTheModelSays(@ForAll("bodies") String body) {
    byte[] source = body.getBytes(UTF_8);
    new WriteBodyUnderTest(WriteLimits.DEFAULT).check(source, 0, source.length);
  }

  @Property(tries = 1_000, seed = "20260102", edgeCases = EdgeCasesMode.NONE)
  void aBodyMeansWhatTheModelSaysUnderNarrowLimits(@ForAll("bodies") String body) {
    byte[] source = body.getBytes(UTF_8);
    new WriteBodyUnderTest(NARROW).check(source, 0, source.length);
  }

  @Provide
  Arbitrary<String> bodies() {
    return BODIES;
  }

  private static Arbitrary<String> records() {
    Arbitrary<String> member =
        Arbitraries.frequencyOf(
            Tuple.of(5, member("data", VALUE)),
            Tuple.of(2, member("tag", field(STRING))),
            Tuple.of(2, member("node", field(STRING))),
            Tuple.of(2, member("meta", field(OBJECT))),
            Tuple.of(1, member("unknown", VALUE)));
    Arbitrary<String> record =
        Combinators.combine(member.list().ofMaxSize(3), member("data", VALUE))
            .as((others, data) -> "{" + String.join(",", append(others, data)) + "}");
    Arbitrary<String> any =
        Arbitraries.frequencyOf(
            Tuple.of(20, record), Tuple.of(2, object(member, 4)), Tuple.of(1, VALUE));
    Arbitrary<String> array = joined(any.list().ofMinSize(1).ofMaxSize(4), "[", "]");
    return Arbitraries.frequencyOf(
        Tuple.of(20, array), Tuple.of(1, Arbitraries.of("[]", "null", "{}", "\"records\"")));
  }

  private static List<String> append(List<String> list, String last) {
    List<String> all = new ArrayList<>(list);
    all.add(last);
    return all;
  }

  private static Arbitrary<String> batch() {
    Arbitrary<String> bool = Arbitraries.of("true", "false");
    Arbitrary<String> member =
        Arbitraries.frequencyOf(
            Tuple.of(4, member("records", records())),
            Tuple.of(2, member("node", field(STRING))),
            Tuple.of(2, member("idempotency_key", field(STRING))),
            Tuple.of(2, member("create", field(bool))),
            Tuple.of(1, member("disable_backpressure", field(bool))),
            Tuple.of(1, member("config", field(OBJECT))),
            Tuple.of(1, member("unknown", VALUE)));
    return object(member, 6);
  }

  /// Mostly what the field wants, now and then null or something of the wrong type.
  private static Arbitrary<String> field(Arbitrary<String> wanted) {
    return Arbitraries.frequencyOf(
        Tuple.of(10, wanted), Tuple.of(2, Arbitraries.just("null")), Tuple.of(1, VALUE));
  }

  private static Arbitrary<String> scalars() {
    return Arbitraries.oneOf(
        STRING,
        Arbitraries.of("0", "-1", "3.50", "1e400", "12345678901234567890123", "-0.0E+1"),
        Arbitraries.of("true", "false", "null"));
  }

  private static Arbitrary<String> values(Arbitrary<String> inner) {
    return Arbitraries.frequencyOf(
        Tuple.of(3, inner),
        Tuple.of(1, joined(inner.list().ofMaxSize(3), "[", "]")),
        Tuple.of(1, objects(inner)));
  }

  private static Arbitrary<String> objects(Arbitrary<String> inner) {
    Arbitrary<String> member =
        Combinators.combine(STRING, SPACE, inner)
            .as((key, space, value) -> key + space + ":" + space + value);
    return object(member, 3);
  }

  private static Arbitrary<String> object(Arbitrary<String> member, int most) {
    return joined(member.list().ofMaxSize(most), "{", "}");
  }

  private static Arbitrary<String> member(String key, Arbitrary<String> value) {
    String escaped = "\\u%04x%s".formatted((int) key.charAt(0), key.substring(1));
    return Combinators.combine(Arbitraries.of(key, key, key, key, escaped), SPACE, value)
        .as((name, space, text) -> "\"" + name + "\"" + space + ":" + space + text);
  }

  private static Arbitrary<String> joined(
      Arbitrary<List<String>> parts, String open, String close) {
    return Combinators.combine(parts, SPACE, SPACE)
        .as((list, a, b) -> open + a + String.join(b + "," + a, list) + b + close);
  }

  /// String literals: characters as they are, and escapes of all kinds, lone surrogates too.
  private static Arbitrary<String> strings() {
    Arbitrary<String> part =
        Arbitraries.frequencyOf(
            Tuple.of(4, Arbitraries.of("a", "sku-1", "order", "0123456789", " ", "{[,:]}")),
            Tuple.of(2, Arbitraries.of("é", "ключ", "€", "世界", "😀", "\u007f", "\uffff")),
            Tuple.of(2, Arbitraries.of("\\n", "\\\"", "\\\\", "\\/", "\\u0041", "\\u001F")),
            Tuple.of(1, Arbitraries.of("\\u20AC", "\\ud83d\\ude00", "\\ud800", "\\udfff")));
    return part.list().ofMaxSize(3).map(list -> "\"" + String.join("", list) + "\"");
  }
}
