package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// http-api §10: health and readiness.
class HealthContractTest {
  @RegisterExtension static final ContractServer server = new ContractServer();

  @ParameterizedTest
  @ValueSource(strings = {"/v0/health", "/healthz"})
  void healthSaysThatTheProcessServes(String path) {
    Answer health = server.get(path).is(200);
    health.hasExactly("", "status", "version", "uptime_ms", "performance").has("/status", "ok");
    assertThat(health.string("/version")).isNotBlank();
    assertThat(health.number("/uptime_ms")).isBetween(0L, 600_000L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v0/ready", "/readyz"})
  void readySaysThatRecoveryIsOver(String path) {
    server.topic("{}");
    Answer ready = server.get(path).is(200);
    ready.hasExactly("", "status", "wal_replay_complete", "topics", "performance");
    ready.has("/status", "ready").has("/wal_replay_complete", true);
    long topics = ready.number("/topics");
    server.topic("{}");
    server.get(path).is(200).has("/topics", topics + 1);
  }
}
