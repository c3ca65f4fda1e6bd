package dev.topics.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class NearestTest {
  @Test
  void theDistanceCountsWhatMustBeChanged() {
    assertThat(Nearest.distance("", "abc")).isEqualTo(3);
    assertThat(Nearest.distance("kitten", "sitting")).isEqualTo(3);
    assertThat(Nearest.distance("same", "same")).isZero();
  }

  @Test
  void theNearestWordIsFound() {
    List<String> known = List.of("cap_bytes", "cap_records", "ttl_ms");
    assertThat(Nearest.of("cap_record", known)).isEqualTo("cap_records");
    assertThat(Nearest.of("ttlms", known)).isEqualTo("ttl_ms");
  }

  @Test
  void aWordThatWasCutShortIsFound() {
    assertThat(Nearest.of("cap", List.of("type", "cap_records"))).isEqualTo("cap_records");
    assertThat(Nearest.of("ca", List.of("cb", "cap_records"))).isEqualTo("cb");
  }

  @Test
  void ofSeveralWordsTheOneThatBeginsAlikeIsNearest() {
    assertThat(Nearest.of("ttl", List.of("type", "ttl_ms"))).isEqualTo("ttl_ms");
    assertThat(Nearest.of("ttl", List.of("ttl_ms", "type"))).isEqualTo("ttl_ms");
  }
}
