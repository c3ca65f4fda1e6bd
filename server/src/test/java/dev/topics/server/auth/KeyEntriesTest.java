package dev.topics.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What `TOPICS_API_KEYS` may say.
final class KeyEntriesTest {
  private static Key only(String entries) {
    List<Key> keys = KeyEntries.parse(entries);
    assertThat(keys).hasSize(1);
    return keys.getFirst();
  }

  @Test
  void aKeyAloneMayDoAnythingToAnyName() {
    Key key = only("s3cret");
    assertThat(key.digest()).isEqualTo(KeyDigest.of("s3cret"));
    assertThat(key.scopes()).isEqualTo(EnumSet.allOf(Scope.class));
    assertThat(key.prefixes()).isEmpty();
    assertThat(only("s3cret::").scopes()).isEqualTo(EnumSet.allOf(Scope.class));
    assertThat(only("s3cret::a.").prefixes()).containsExactly("a.");
  }

  @Test
  void everyWordForAScopeIsKnown() {
    Map<String, Set<Scope>> words =
        Map.of(
            "read", Set.of(Scope.READ),
            "r", Set.of(Scope.READ),
            "write", Set.of(Scope.WRITE),
            "w", Set.of(Scope.WRITE),
            "delete", Set.of(Scope.DELETE),
            "d", Set.of(Scope.DELETE),
            "admin", Set.of(Scope.ADMIN),
            "a", Set.of(Scope.ADMIN),
            "rw", Set.of(Scope.READ, Scope.WRITE),
            "rw+delete", Set.of(Scope.READ, Scope.WRITE, Scope.DELETE));
    words.forEach((word, scopes) -> assertThat(only("k:" + word).scopes()).isEqualTo(scopes));
  }

  @Test
  void prefixesMayHoldWhateverNamesMay() {
    assertThat(only("k:r:orders.|jobs:eu-|a->b").prefixes())
        .containsExactly("orders.", "jobs:eu-", "a->b");
  }

  @Test
  void entriesAreSeparatedByCommas() {
    assertThat(KeyEntries.parse("a:r, b:w:x ,c"))
        .extracting(Key::digest)
        .containsExactly(KeyDigest.of("a"), KeyDigest.of("b"), KeyDigest.of("c"));
  }

  @Test
  void aMalformedEntryIsNamedByItsPlaceAndNeverShown() {
    for (String entry :
        List.of(
            "",
            " ",
            ":r",
            "S3CRET:x",
            "S3CRET:read+",
            "S3CRET:+read",
            "S3CRET:READ",
            "S3CRET:read write",
            "S3CRET:r:|",
            "S3CRET:r:a||b",
            "S3CRET:r:.a",
            "S3CRET:r:a b",
            "S3CRET:r:>a",
            "S3CRET:r:" + "a".repeat(256),
            "S3C RET:r",
            "S3CRÉT")) {
      assertThatThrownBy(() -> KeyEntries.parse("good:r," + entry))
          .as(entry)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("entry 2 of TOPICS_API_KEYS: ")
          .hasMessageContaining("key[:scopes[:prefixes]]")
          .message()
          .doesNotContain("S3C", "good");
    }
  }
}
