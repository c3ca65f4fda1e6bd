package dev.topics.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class GrantTest {
  private static Grant to(String... prefixes) {
    return new Grant("k", Set.of(Scope.READ), List.of(prefixes));
  }

  @Test
  void aNameIsInReachIfItBeginsWithAPrefix() {
    assertThat(to().reaches("anything")).isTrue();
    assertThat(to("a.", "b").reaches("a.x")).isTrue();
    assertThat(to("a.", "b").reaches("b")).isTrue();
    assertThat(to("a.", "b").reaches("a")).isFalse();
    assertThat(to("a.", "b").reaches("A.x")).isFalse();
    assertThat(to("a.", "b").reaches("xa.")).isFalse();
  }

  @Test
  void listsCoverWhatIsAskedForAndInReach() {
    assertThat(to().within("")).containsExactly("");
    assertThat(to().within("x")).containsExactly("x");
    assertThat(to("b", "a.", "a.x", "b").within("")).containsExactly("a.", "b");
    assertThat(to("b", "a.").within("a")).containsExactly("a.");
    assertThat(to("b", "a.").within("a.xyz")).containsExactly("a.xyz");
    assertThat(to("b", "a.").within("c")).isEmpty();
  }

  @Test
  void allScopesOfAPermissionAreNeeded() {
    Grant reader = to();
    assertThat(reader.permits(Permission.READ)).isTrue();
    assertThat(reader.permits(Permission.READ_STREAM)).isTrue();
    assertThat(reader.permits(Permission.ANY_KEY)).isTrue();
    assertThat(reader.permits(Permission.CLAIM)).isFalse();
    assertThat(reader.permits(Permission.WRITE)).isFalse();
    Grant worker = new Grant("w", Set.of(Scope.READ, Scope.WRITE), List.of());
    assertThat(worker.permits(Permission.CLAIM)).isTrue();
    assertThat(worker.permits(Permission.ADMIN)).isFalse();
  }
}
