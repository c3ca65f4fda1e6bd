package dev.topics.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class KeyRingTest {
  private static Key key(String name, String secret) {
    return new Key(name, KeyDigest.of(secret), null, Set.of(Scope.READ), List.of());
  }

  @Test
  void aKeyIsFoundAndNothingElseIs() {
    KeyRing ring = KeyRing.of(List.of(key("a", "one"), key("b", "two")));
    assertThat(ring.find("one").owner()).isEqualTo("a");
    assertThat(ring.find("two").owner()).isEqualTo("b");
    for (String wrong : List.of("", "on", "one ", "ONE", "onetwo", "a", "sha256:one")) {
      assertThat(ring.find(wrong)).as(wrong).isNull();
    }
    assertThat(ring.find(KeyDigest.of("one").hex())).isNull();
  }

  @Test
  void everyLookUpComparesAllOfEveryKey() {
    List<String> compared = new ArrayList<>();
    KeyRing.Comparison recording =
        (one, other) -> {
          compared.add(one.length + " " + other.length);
          return MessageDigest.isEqual(one, other);
        };
    KeyRing ring = KeyRing.of(List.of(key("a", "1"), key("b", "2"), key("c", "3")), recording);
    for (String presented : List.of("1", "2", "3", "none of them", "")) {
      compared.clear();
      ring.find(presented);
      assertThat(compared).as(presented).containsExactly("32 32", "32 32", "32 32");
    }
  }

  @Test
  void withoutKeysThereIsADifferenceBetweenOpenAndClosed() {
    assertThat(KeyRing.OPEN.isOpen()).isTrue();
    KeyRing empty = KeyRing.of(List.of());
    assertThat(empty.isOpen()).isFalse();
    assertThat(empty.find("anything")).isNull();
  }

  @Test
  void aSubjectOpensWhatItsKeyOpensAndNoDigestDoes() {
    Key worker = new Key("w", null, "CN=worker", Set.of(Scope.WRITE), List.of("jobs."));
    KeyRing ring = KeyRing.of(List.of(key("a", "1"), worker));
    assertThat(ring.findSubject("CN=worker").owner()).isEqualTo("w");
    assertThat(ring.findSubject("CN=Worker")).isNull();
    assertThat(ring.findSubject("null")).isNull();
    assertThat(ring.find("CN=worker")).isNull();
    assertThat(ring.find("")).isNull();
  }

  @Test
  void whatIsThereTwiceIsRefused() {
    assertThatThrownBy(() -> KeyRing.of(List.of(key("a", "1"), key("a", "2"))))
        .hasMessageContaining("two keys are named a");
    assertThatThrownBy(() -> KeyRing.of(List.of(key("a", "1"), key("b", "1"))))
        .hasMessageContaining("the key of b is there twice");
  }

  @Test
  void aDigestShowsOnlyItsBeginning() {
    assertThat(KeyDigest.of("secret")).hasToString("sha256:2bb80d53…");
    assertThat(KeyDigest.parse(KeyDigest.of("secret").hex())).isEqualTo(KeyDigest.of("secret"));
    assertThatThrownBy(() -> KeyDigest.parse("2bb8")).hasMessageContaining("64 hex digits");
  }
}
