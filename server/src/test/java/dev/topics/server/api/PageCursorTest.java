package dev.topics.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.server.http.Rejected;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PageCursorTest {
  @Test
  void aCursorLeadsBackToItsName() {
    assertThat(PageCursor.decode(PageCursor.encode("jobs.eu-1"))).isEqualTo("jobs.eu-1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "AAAA", "AAAAAA", "jobs", "!!!", "AAAAAGpvYnM"})
  void whatNoListGaveIsRefused(String cursor) {
    assertThatThrownBy(() -> PageCursor.decode(cursor)).isInstanceOf(Rejected.class);
  }

  @Test
  void anyChangeIsNoticed() {
    String good = PageCursor.encode("jobs");
    for (int i = 0; i < good.length() - 1; i++) {
      char other = good.charAt(i) == 'A' ? 'B' : 'A';
      String bad = good.substring(0, i) + other + good.substring(i + 1);
      assertThatThrownBy(() -> PageCursor.decode(bad)).isInstanceOf(Rejected.class);
    }
  }
}
