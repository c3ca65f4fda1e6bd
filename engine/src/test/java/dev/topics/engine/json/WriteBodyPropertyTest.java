package dev.topics.engine.json;

import static java.nio.charset.StandardCharsets.UTF_8;

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

  @Property(tries = 4_000, seed = "20260101", edgeCases = EdgeCasesMode.NONE)
  void aBodyMeansWhatTheModelSays(@ForAll("bodies") String body) {
    byte[] source = body.getBytes(UTF_8);
    new WriteBodyUnderTest(WriteLimits.DEFAULT).check(source, 0, source.length);
  }

  @Property(tries = 4_000, seed = "20260102", edgeCases = EdgeCasesMode.NONE)
  void aBodyMeansWhatTheModelSaysUnderNarrowLimits(@ForAll("bodies") String body) {
    byte[] source = body.getBytes(UTF_8);
    new WriteBodyUnderTest(NARROW).check(source, 0, source.length);
  }

  @Provide
  Arbitrary<String> bodies() {
    Arbitrary<String> member =
        Arbitraries.frequencyOf(
            Tuple.of(4, member("records", records())),
            Tuple.of(2, member("node", field(strings()))),
            Tuple.of(2, member("idempotency_key", field(strings()))),
            Tuple.of(2, member("create", field(Arbitraries.of("true", "false")))),
            Tuple.of(1, member("disable_backpressure", field(Arbitraries.of("true", "false")))),
            Tuple.of(1, member("config", field(objects(2)))),
            Tuple.of(1, member("unknown", values(2))));
    return object(member, 6);
  }

  private Arbitrary<String> records() {
    Arbitrary<String> member =
        Arbitraries.frequencyOf(
            Tuple.of(5, member("data", values(3))),
            Tuple.of(2, member("tag", field(strings()))),
            Tuple.of(2, member("node", field(strings()))),
            Tuple.of(2, member("meta", field(objects(2)))),
            Tuple.of(1, member("unknown", values(2))));
    Arbitrary<String> record =
        Combinators.combine(member("data", values(2)), member.list().ofMaxSize(3))
            .as((data, others) ->
                "{" + String.join(",", others) + (others.isEmpty() ? "" : ",") + data + "}");
    Arbitrary<String> any =
        Arbitraries.frequencyOf(
            Tuple.of(20, record), Tuple.of(2, object(member, 4)), Tuple.of(1, values(1)));
    Arbitrary<String> array = joined(any.list().ofMinSize(1).ofMaxSize(4), "[", "]");
    return Arbitraries.frequencyOf(
        Tuple.of(20, array), Tuple.of(1, Arbitraries.of("[]", "null", "{}", "\"records\"")));
  }

  /// Mostly what the field wants, now and then null or something of the wrong type.
  private Arbitrary<String> field(Arbitrary<String> wanted) {
    return Arbitraries.frequencyOf(
        Tuple.of(10, wanted), Tuple.of(2, Arbitraries.just("null")), Tuple.of(1, values(1)));
  }

  private Arbitrary<String> values(int depth) {
    Arbitrary<String> scalar =
        Arbitraries.oneOf(
            strings(),
            Arbitraries.of("0", "-1", "3.50", "1e400", "12345678901234567890123", "-0.0E+1"),
            Arbitraries.of("true", "false", "null"));
    if (depth == 0) {
      return scalar;
    }
    Arbitrary<String> array = joined(values(depth - 1).list().ofMaxSize(3), "[", "]");
    return Arbitraries.frequencyOf(
        Tuple.of(3, scalar), Tuple.of(1, array), Tuple.of(1, objects(depth)));
  }

  private Arbitrary<String> objects(int depth) {
    return object(
        Combinators.combine(strings(), spaces(), values(depth - 1))
            .as((key, space, value) -> key + space + ":" + space + value),
        3);
  }

  private Arbitrary<String> object(Arbitrary<String> member, int most) {
    return joined(member.list().ofMaxSize(most), "{", "}");
  }

  private Arbitrary<String> member(String key, Arbitrary<String> value) {
    Arbitrary<String> spelling =
        Arbitraries.frequencyOf(
            Tuple.of(9, Arbitraries.just(key)),
            Tuple.of(
                1, Arbitraries.just("\\u%04x%s".formatted((int) key.charAt(0), key.substring(1)))));
    return Combinators.combine(spelling, spaces(), value)
        .as((name, space, text) -> "\"" + name + "\"" + space + ":" + space + text);
  }

  private Arbitrary<String> joined(Arbitrary<List<String>> parts, String open, String close) {
    return Combinators.combine(parts, spaces(), spaces())
        .as((list, a, b) -> open + a + String.join(b + "," + a, list) + b + close);
  }

  private Arbitrary<String> spaces() {
    return Arbitraries.frequencyOf(
        Tuple.of(4, Arbitraries.just("")), Tuple.of(1, Arbitraries.of(" ", "\n", "\t", "\r\n  ")));
  }

  /// String literals: any characters as they are, and escapes of all kinds, lone surrogates too.
  private Arbitrary<String> strings() {
    Arbitrary<String> plain =
        Arbitraries.strings().withCharRange(' ', '\uD7FF').excludeChars('"', '\\').ofMaxLength(6);
    Arbitrary<String> ascii = Arbitraries.strings().alpha().numeric().ofMaxLength(9);
    Arbitrary<String> escape =
        Arbitraries.of(
            "\\n",
            "\\\"",
            "\\\\",
            "\\/",
            "\\u0041",
            "\\u001F",
            "\\u00e9",
            "\\u20AC",
            "\\ud83d\\ude00",
            "😀",
            "\\ud800",
            "\\udfff");
    Arbitrary<String> part =
        Arbitraries.frequencyOf(Tuple.of(4, ascii), Tuple.of(2, plain), Tuple.of(1, escape));
    return part.list().ofMaxSize(3).map(list -> "\"" + String.join("", list) + "\"");
  }
}
