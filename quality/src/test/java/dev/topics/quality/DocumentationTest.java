package dev.topics.quality;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.server.ServerOptions;
import dev.topics.server.http.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What a user can set, and what a user can be told, is written down.
final class DocumentationTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final List<String> DOCUMENTS =
      List.of(
          "README.md",
          "CONTRIBUTING.md",
          "docs/API.md",
          "docs/ARCHITECTURE.md",
          "docs/GUARANTEES.md",
          "docs/SECURITY.md",
          "docs/TESTING.md");

  /// A link in Markdown to a file, to a heading, or to a heading of a file, not to another host.
  private static final Pattern LINK = Pattern.compile("]\\(([^)#:]*)(#[^)]*)?\\)");

  private static String read(String document) throws IOException {
    return Files.readString(ROOT.resolve(document));
  }

  @Test
  void everySettingIsInTheTablesOfTheApi() throws IOException {
    String api = read("docs/API.md");
    String tables = api.substring(api.indexOf("### Configuration of the process"));
    for (String setting : ServerOptions.settings(Map.of()).keySet()) {
      assertThat(tables).contains("`" + setting + "`");
    }
  }

  @Test
  void everyErrorCodeIsInTheTableOfTheApi() throws IOException {
    String api = read("docs/API.md");
    for (ErrorCode code : ErrorCode.values()) {
      if (code != ErrorCode.GONE) {
        assertThat(api).contains("| " + code.status() + " | `" + code.wireName() + "` |");
      }
    }
  }

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    int checked = 0;
    for (String document : DOCUMENTS) {
      Path folder = ROOT.resolve(document).getParent();
      for (var link : LINK.matcher(read(document)).results().toList()) {
        String file = link.group(1);
        Path target = file.isEmpty() ? ROOT.resolve(document) : folder.resolve(file);
        assertThat(target).as("linked in %s", document).exists();
        if (link.group(2) != null) {
          assertThat(anchors(target)).as("anchors of %s", target).contains(link.group(2));
        }
        checked++;
      }
    }
    assertThat(checked).isGreaterThan(40);
  }

  /// How the headings of a document are called in links.
  private static List<String> anchors(Path document) throws IOException {
    return Files.readAllLines(document).stream()
        .filter(line -> line.startsWith("#"))
        .map(line -> line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT))
        .map(title -> "#" + title.replaceAll("[^a-z0-9 _-]", "").replace(' ', '-'))
        .toList();
  }
}
