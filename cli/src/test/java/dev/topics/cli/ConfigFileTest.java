package dev.topics.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class ConfigFileTest {
  @Test
  void settingsAreNamedAsVariablesAreAndTablesBeginNames() {
    String toml =
        """
        host = "0.0.0.0"
        port = 5000
        allowed_hosts = ["a.example", "b.example"]
        probe_auth = true
        [tls]
        cert = "/c.pem"
        [max.sse]
        connections = 7
        """;
    assertThat(ConfigFile.read(toml))
        .isEqualTo(
            Map.of(
                "TOPICS_HOST", "0.0.0.0",
                "TOPICS_PORT", "5000",
                "TOPICS_ALLOWED_HOSTS", "a.example,b.example",
                "TOPICS_PROBE_AUTH", "true",
                "TOPICS_TLS_CERT", "/c.pem",
                "TOPICS_MAX_SSE_CONNECTIONS", "7"));
  }

  @Test
  void whatIsNotTomlOrThereTwiceIsRefused() {
    assertThatThrownBy(() -> ConfigFile.read("port = 1\nTOPICS_PORT=4000 x\n"))
        .hasMessageContaining("not TOML: line 2");
    assertThatThrownBy(() -> ConfigFile.read("tls_cert = \"a\"\n[tls]\ncert = \"b\"\n"))
        .hasMessageContaining("tls_cert is there twice");
  }
}
