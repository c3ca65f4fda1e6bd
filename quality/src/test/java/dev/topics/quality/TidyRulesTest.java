package dev.topics.quality;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TidyRulesTest {

  @Test
  void tidySourcePasses() {
    String source =
        """
        /// A thing. See [#go], UTF-8, CRC-32 and RFC-9110.
        public final class Thing {
          String s = "// TODO not a comment";
          char quote = '"';
          // The reason is #go.
          void go() {}
        }
        """;
    assertThat(violations(source)).isEmpty();
  }

  @Test
  void longFileIsCaught() {
    assertThat(violations("// line\n".repeat(TidyRules.FILE_LINES_MAX))).isEmpty();
    assertThat(violations("// line\n".repeat(TidyRules.FILE_LINES_MAX + 1)))
        .singleElement()
        .asString()
        .startsWith("Snippet.java:1: 501 lines");
  }

  @Test
  void longMethodIsCaught() {
    assertThat(violations(methodOfLines(TidyRules.METHOD_LINES_MAX))).isEmpty();
    assertThat(violations(methodOfLines(TidyRules.METHOD_LINES_MAX + 1)))
        .containsExactly("Snippet.java:2: go has 61 lines, at most 60");
  }

  @Test
  void longMethodOfANestedTypeIsCaught() {
    assertThat(violations("class Outer {\n" + methodOfLines(61) + "}")).hasSize(1);
  }

  @Test
  void longLineIsCaught() {
    assertThat(violations("// " + "x".repeat(97))).isEmpty();
    assertThat(violations("\n// " + "x".repeat(98)))
        .containsExactly("Snippet.java:2: 101 columns, at most 100");
    assertThat(violations("import java." + "x".repeat(98) + ";")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"// TODO later", "/* FIXME */", "/// XXX why", "class A {} // TODO"})
  void unfinishedWorkIsCaught(String source) {
    assertThat(violations(source)).singleElement().asString().contains("unfinished");
  }

  @ParameterizedTest
  @ValueSource(strings = {"// see #12", "/// Bug 7 was here.", "/* ABC-123 */", "// issue #3"})
  void ticketNumberIsCaught(String source) {
    assertThat(violations(source)).singleElement().asString().contains("ticket");
  }

  @Test
  void oldDocCommentIsCaught() {
    assertThat(violations("/** Does. */ class A {}")).singleElement().asString().contains("///");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"StoreImpl", "TopicManager", "JsonHelper", "ByteUtils", "ByteUtil", "AbstractLog"})
  void vagueNameIsCaught(String name) {
    assertThat(violations("class " + name + " {}")).singleElement().asString().contains(name);
    assertThat(violations("class A { record " + name + "() {} }")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"public class A {}", "class A { public record B() {} }"})
  void publicTypeWithoutDocIsCaught(String source) {
    assertThat(violations(source)).singleElement().asString().contains("has no /// doc");
  }

  private static String methodOfLines(int lines) {
    return "class A {\n  void go() {\n" + "    ;\n".repeat(lines - 2) + "  }\n}\n";
  }

  private static List<String> violations(String source) {
    return TidyRules.violations(SourceFile.parse("Snippet.java", source));
  }
}
