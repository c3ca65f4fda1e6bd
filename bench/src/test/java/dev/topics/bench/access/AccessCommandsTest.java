package dev.topics.bench.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.bench.remote.ClassPathServer;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// What measures must not rot: each command on a real server for a moment.
final class AccessCommandsTest {
  private static final String SERVER = String.join(" ", ClassPathServer.command("serve"));

  @TempDir private Path directory;

  @Test
  void slowClientsAttack() {
    assertThat(
            new CommandLine(new AttackCommand())
                .execute(
                    "--server", SERVER, "--attackers", "60", "--rounds", "1", "--requests", "200"))
        .isZero();
  }

  @Test
  void tlsIsComparedWithPlainText() throws Exception {
    X509Bundle bundle =
        new CertificateBuilder()
            .ecp256()
            .subject("CN=localhost")
            .addSanDnsName("localhost")
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    Path certificate = Files.writeString(directory.resolve("cert.pem"), bundle.getCertificatePEM());
    Path key = Files.writeString(directory.resolve("key.pem"), bundle.getPrivateKeyPEM());
    assertThat(
            new CommandLine(new TlsCommand())
                .execute(
                    "--server",
                    SERVER,
                    "--cert=" + certificate,
                    "--key=" + key,
                    "--rounds=1",
                    "--millis=1000",
                    "--connections=2"))
        .isZero();
  }
}
