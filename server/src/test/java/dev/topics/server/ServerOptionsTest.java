package dev.topics.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the variables of the environment mean.
final class ServerOptionsTest {
  @Test
  void withoutVariablesTheContractsDefaultsHold() {
    ServerOptions options = ServerOptions.defaults();
    assertThat(options.host()).isEqualTo("127.0.0.1");
    assertThat(options.port()).isEqualTo(4000);
    assertThat(options.dataDirectory()).hasToString("./topics-data");
    assertThat(options.bodyBytesMax()).isEqualTo(64 << 20);
    assertThat(options.watchLimits().limitMax()).isEqualTo(1000);
    assertThat(options.allowInsecure()).isFalse();
  }

  @Test
  void theHostMayHoldThePortUnlessThatIsGivenToo() {
    ServerOptions both = ServerOptions.fromVariables(Map.of("TOPICS_HOST", "localhost:5000"));
    assertThat(both.host()).isEqualTo("localhost");
    assertThat(both.port()).isEqualTo(5000);
    ServerOptions port =
        ServerOptions.fromVariables(Map.of("TOPICS_HOST", "localhost:5000", "TOPICS_PORT", "6000"));
    assertThat(port.port()).isEqualTo(6000);
    ServerOptions six = ServerOptions.fromVariables(Map.of("TOPICS_HOST", "[::1]:5000"));
    assertThat(six.host()).isEqualTo("::1");
    assertThat(six.port()).isEqualTo(5000);
    assertThat(ServerOptions.fromVariables(Map.of("TOPICS_HOST", "::1")).host()).isEqualTo("::1");
  }

  @Test
  void aValueWithoutSenseIsNamed() {
    assertThatThrownBy(() -> ServerOptions.fromVariables(Map.of("TOPICS_PORT", "x")))
        .hasMessageContaining("TOPICS_PORT");
    assertThatThrownBy(() -> ServerOptions.fromVariables(Map.of("TOPICS_PORT", "70000")))
        .hasMessageContaining("TOPICS_PORT");
    assertThatThrownBy(() -> ServerOptions.fromVariables(Map.of("TOPICS_MAX_LIMIT", "-1")))
        .hasMessageContaining("TOPICS_MAX_LIMIT");
  }

  private static void requireRefused(Path data, Path cold) {
    Map<String, String> variables =
        Map.of("TOPICS_DATA_DIR", data.toString(), "TOPICS_COLD_DIR", cold.toString());
    assertThatThrownBy(() -> ServerOptions.fromVariables(variables))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("TOPICS_COLD_DIR must not be TOPICS_DATA_DIR");
  }

  @Test
  void theColdDirectoryIsApartFromTheDataDirectoryByAnyName(@TempDir Path directory)
      throws IOException {
    Path data = Files.createDirectory(directory.resolve("data"));
    Path packs = Files.createDirectory(data.resolve("packs"));
    Path cold = Files.createDirectory(directory.resolve("cold"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), data);
    requireRefused(data, data);
    requireRefused(data, link);
    requireRefused(link, data.resolve("cold"));
    requireRefused(data, link.resolve("not/there"));
    requireRefused(data, directory);
    requireRefused(directory.resolve("new"), directory.resolve("new/cold"));
    Map<String, String> variables =
        Map.of("TOPICS_DATA_DIR", data.toString(), "TOPICS_COLD_DIR", cold.toString());
    assertThat(ServerOptions.fromVariables(variables).cold()).isEqualTo(new ColdOptions(cold, 0));
    Files.createSymbolicLink(cold.resolve("packs"), packs);
    requireRefused(data, cold);
  }

  @Test
  void whatMeansNothingHereIsIgnoredByName() {
    ServerOptions options =
        ServerOptions.fromVariables(
            Map.of("TOPICS_WAL_SHARDS", "4", "TOPICS_JAVA_OPTS", "-Xmx1g", "HOME", "/"));
    assertThat(options.ignored()).containsExactly("TOPICS_WAL_SHARDS");
  }

  @Test
  void withoutKeysOnlyLoopbackIsServedUnlessThatIsMeant() {
    assertThatThrownBy(() ->
            TopicsServer.start(ServerOptions.fromVariables(Map.of("TOPICS_HOST", "0.0.0.0:0"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("TOPICS_ALLOW_INSECURE_NO_AUTH=1");
    Exposure.check(ServerOptions.fromVariables(Map.of("TOPICS_HOST", "localhost")));
    Exposure.check(
        ServerOptions.fromVariables(
            Map.of("TOPICS_HOST", "0.0.0.0", "TOPICS_ALLOW_INSECURE_NO_AUTH", "1")));
  }
}
