package dev.topics.bench.debian;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PackageJsonTest {
  @Test
  void aPackageBecomesNestedJson() throws IOException {
    assertThat(
            json(
                """
                Package: hellø
                Installed-Size: 28591
                Maintainer: José "J" Muñoz <jose@example.org>
                Depends: libc6 (>= 2.34), mail-agent | python3:any (<< 3.12~), make
                Tag: role::program,
                 uitoolkit::sdl
                """))
        .isEqualTo(
            "{\"Package\":\"hellø\",\"Installed-Size\":28591,"
                + "\"Maintainer\":{\"name\":\"José \\\"J\\\" Muñoz\","
                + "\"email\":\"jose@example.org\"},"
                + "\"Depends\":[[{\"name\":\"libc6\",\"relation\":\">=\",\"version\":\"2.34\"}],"
                + "[{\"name\":\"mail-agent\"},{\"name\":\"python3\",\"architecture\":\"any\","
                + "\"relation\":\"<<\",\"version\":\"3.12~\"}],[{\"name\":\"make\"}]],"
                + "\"Tag\":[\"role::program\",\"uitoolkit::sdl\"]}");
  }

  @Test
  void whatHasAnotherShapeStaysText() throws IOException {
    assertThat(
            json(
                """
                Installed-Size: unknown
                Maintainer: nobody
                Depends: a b c
                Description: one\\two
                 three\tfour
                """))
        .isEqualTo(
            "{\"Installed-Size\":\"unknown\",\"Maintainer\":\"nobody\",\"Depends\":[[\"a b c\"]],"
                + "\"Description\":\"one\\\\two\\nthree\\tfour\"}");
  }

  @Test
  void stanzasAreSeparatedByEmptyLines() throws IOException {
    String text = "\nPackage: a\nSection: x\n\n\nPackage: b\nPriority: y\n";
    List<PackageEntry> packages =
        PackageIndex.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    assertThat(packages).hasSize(2);
    assertThat(packages.getFirst().tag()).hasToString("\"x/\"");
    assertThat(packages.getLast().data()).hasToString("{\"Package\":\"b\",\"Priority\":\"y\"}");
  }

  @Test
  void theSampleHasThousandsOfPackagesAndManyAlphabets() throws IOException {
    PackageIndex sample = PackageIndex.sample();
    assertThat(sample.packages()).hasSizeBetween(2000, 10_000);
    assertThat(sample.packages())
        .filteredOn(entry -> entry.data().toString().length() != entry.data().size())
        .hasSizeGreaterThan(500);
  }

  private static String json(String stanza) throws IOException {
    return PackageJson.of(Stanza.read(new BufferedReader(new StringReader(stanza))));
  }
}
