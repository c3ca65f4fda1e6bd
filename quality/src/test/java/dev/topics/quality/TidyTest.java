package dev.topics.quality;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TidyTest {

  @Test
  void everySourceIsTidy() throws IOException {
    List<SourceFile> sources = SourceFile.allBelow(Path.of("").toAbsolutePath().getParent());

    assertThat(sources).extracting(SourceFile::name).anyMatch(name -> name.startsWith("storage"));
    assertThat(sources.stream().flatMap(source -> TidyRules.violations(source).stream())).isEmpty();
  }
}
