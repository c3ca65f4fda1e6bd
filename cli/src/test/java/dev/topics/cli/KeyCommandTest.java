package dev.topics.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.server.auth.Key;
import dev.topics.server.auth.KeyDigest;
import dev.topics.server.auth.KeysFile;
import dev.topics.server.auth.Scope;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// `topics key`.
final class KeyCommandTest {
  @TempDir private Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    CommandLine topics = Main.commandLine();
    topics.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return topics.execute(arguments);
  }

  @Test
  void aNewKeyIsPrintedOnceAndTheFileHoldsItsDigest() throws IOException {
    Path file = directory.resolve("keys.toml");
    String[] first = {"key", "new", "one", "--scopes", "rw", "--prefix", "a.", "--file", "" + file};
    assertThat(run(first)).isZero();
    Matcher printed = Pattern.compile("tk_[A-Za-z0-9_-]{43}").matcher(out.toString());
    assertThat(printed.find()).isTrue();
    String text = Files.readString(file);
    assertThat(text).doesNotContain(printed.group());
    assertThat(run("key", "new", "two", "--file", file.toString())).isZero();
    List<Key> keys = KeysFile.parse(Files.readString(file));
    assertThat(keys).extracting(Key::name).containsExactly("one", "two");
    assertThat(keys.getFirst().digest()).isEqualTo(KeyDigest.of(printed.group()));
    assertThat(keys.getFirst().scopes()).containsExactlyInAnyOrder(Scope.READ, Scope.WRITE);
    assertThat(keys.getFirst().prefixes()).containsExactly("a.");

    out.getBuffer().setLength(0);
    assertThat(run("key", "list", file.toString())).isZero();
    assertThat(out.toString())
        .contains("one  read+write  a.  sha256:", "two  read+write+delete+admin  any name");

    assertThat(run(first)).isEqualTo(ExitStatus.USAGE);
    assertThat(KeysFile.parse(Files.readString(file))).hasSize(2);
  }

  @Test
  void aMistakeIsTold() {
    assertThat(run("key", "new", "x", "--scopes", "all")).isEqualTo(ExitStatus.USAGE);
    assertThat(err.toString()).contains("read, write, delete and admin");
  }

  @Test
  void whatIsNotThereIsNamedWithoutAStackTrace() {
    String absent = directory.resolve("keys.toml").toString();
    assertThat(run("key", "list", absent)).isEqualTo(ExitStatus.FAILED);
    Path home = directory.resolve("absent");
    String homeless = home.resolve("keys.toml").toString();
    assertThat(run("key", "new", "x", "--file", homeless)).isEqualTo(ExitStatus.FAILED);
    assertThat(err.toString().lines())
        .containsExactly("there is no " + absent, "there is no directory " + home);
  }

  @Test
  void aFileThatIsNotUtf8IsNamed() throws IOException {
    Path file = directory.resolve("keys.toml");
    byte[] latin1 = "# schlüssel\n".getBytes(StandardCharsets.ISO_8859_1);
    Files.write(file, latin1);
    assertThat(run("key", "list", file.toString())).isEqualTo(ExitStatus.FAILED);
    assertThat(run("key", "new", "x", "--file", file.toString())).isEqualTo(ExitStatus.FAILED);
    assertThat(Files.readAllBytes(file)).isEqualTo(latin1);
    assertThat(err.toString().lines().distinct())
        .containsExactly("the file of keys " + file + " is not UTF-8");
  }
}
