package dev.topics.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.bench.remote.ClassPathServer;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/// What measures must not rot: a few writes to a real server.
final class RouterAcksCommandTest {
  private static final String SERVER = String.join(" ", ClassPathServer.command("serve"));

  @Test
  void acksAreMeasuredBesideRouters() {
    assertThat(
            new CommandLine(new RouterAcksCommand())
                .execute("--server", SERVER, "--routers", "0,3", "--writes", "20"))
        .isZero();
  }
}
