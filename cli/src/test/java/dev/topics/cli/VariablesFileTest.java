package dev.topics.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class VariablesFileTest {
  @Test
  void linesAreNamesAndValues() {
    String text =
        """
        # where to listen
        TOPICS_PORT = 5000

        TOPICS_DATA_DIR=/var/lib/a=b
        """;
    assertThat(VariablesFile.read(text))
        .containsEntry("TOPICS_PORT", "5000")
        .containsEntry("TOPICS_DATA_DIR", "/var/lib/a=b")
        .hasSize(2);
  }

  @Test
  void anythingElseIsNamedWithItsLine() {
    assertThatThrownBy(() -> VariablesFile.read("A=1\nport: 5000"))
        .hasMessageContaining("line 2")
        .hasMessageContaining("port: 5000");
  }
}
