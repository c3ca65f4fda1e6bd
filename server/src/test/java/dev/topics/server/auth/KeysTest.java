package dev.topics.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Keys out of a file, as it is and as it changes.
final class KeysTest {
  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void nameFile() {
    file = directory.resolve("keys.toml");
  }

  private void write(String text) throws IOException {
    Files.writeString(file, text);
  }

  private static String table(String name, String secret, String more) {
    return "[%s]\nsha256 = \"%s\"\n%s\n".formatted(name, KeyDigest.of(secret).hex(), more);
  }

  @Test
  void aFileHoldsDigestsScopesPrefixesAndSubjects() throws IOException {
    write(
        table("billing", "one", "scopes = \"rw\"\nprefixes = [\"a.\", \"b.\"]")
            + "[worker]\nsubject = \"CN=worker,O=Example\"\n");
    Keys keys = Keys.open("env:r", file);
    Grant billing = keys.ring().find("one");
    assertThat(billing.owner()).isEqualTo("billing");
    assertThat(billing.scopes()).containsExactlyInAnyOrder(Scope.READ, Scope.WRITE);
    assertThat(billing.prefixes()).containsExactly("a.", "b.");
    assertThat(keys.ring().findSubject("CN=worker,O=Example").scopes()).hasSize(4);
    assertThat(keys.ring().find("env").scopes()).containsExactly(Scope.READ);
  }

  @Test
  void whatIsWrittenForAKeyIsReadBack() {
    Key key =
        new Key(
            "a name", KeyDigest.of("x"), "CN=\"a\\,b\"", Set.of(Scope.DELETE), List.of("p.", "q."));
    assertThat(KeysFile.parse(KeysFile.table(key))).containsExactly(key);
  }

  @Test
  void aChangedFileIsTakenAndAnotherRingTellsOfIt() throws IOException {
    write(table("a", "old", ""));
    Keys keys = Keys.open("", file);
    KeyRing before = keys.ring();
    assertThat(keys.reload()).isFalse();
    assertThat(keys.ring()).isSameAs(before);
    write(table("a", "new", ""));
    assertThat(keys.reload()).isTrue();
    assertThat(keys.ring().find("old")).isNull();
    assertThat(keys.ring().find("new").owner()).isEqualTo("a");
    write("");
    assertThat(keys.reload()).isTrue();
    assertThat(keys.ring().isOpen()).isFalse();
    assertThat(keys.ring().find("new")).isNull();
  }

  @Test
  void aFileThatMakesNoSenseOrIsGoneLeavesTheKeysAsTheyWere() throws IOException {
    write(table("a", "one", ""));
    Keys keys = Keys.open("", file);
    write("[a\n");
    assertThat(keys.reload()).isFalse();
    Files.delete(file);
    assertThat(keys.reload()).isFalse();
    assertThat(keys.ring().find("one")).isNotNull();
  }

  @Test
  void aServerDoesNotStartWithAFileThatMakesNoSense() throws IOException {
    assertThatThrownBy(() -> Keys.open("", file)).isInstanceOf(NoSuchFileException.class);
    List<String> wrong =
        List.of(
            "a = 1",
            "[a]",
            "[a]\nsha256 = \"12\"",
            "[a]\nsha256 = 12",
            "[a]\nsha256 = \"" + "g".repeat(64) + "\"",
            table("a", "s", "scope = \"r\""),
            table("a", "s", "scopes = \"all\""),
            table("a", "s", "prefixes = []"),
            table("a", "s", "prefixes = \"a\""),
            table("a", "s", "prefixes = [\"\"]"),
            table("a", "s", "") + table("b", "s", ""));
    for (String text : wrong) {
      write(text);
      assertThatThrownBy(() -> Keys.open("", file))
          .as(text)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void withoutEntriesAndFileEverythingIsOpen() throws IOException {
    assertThat(Keys.open("", null).ring().isOpen()).isTrue();
  }
}
