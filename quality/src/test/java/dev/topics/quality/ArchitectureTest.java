package dev.topics.quality;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .withImportOption(location -> !location.contains("jmh_generated"))
          .importPackages("dev.topics");

  @Test
  void allModulesAreSeen() {
    assertThat(CLASSES)
        .extracting(type -> type.getPackageName().split("\\.")[2])
        .contains("storage", "engine", "server", "cli", "bench");
  }

  @ParameterizedTest
  @MethodSource("rules")
  void ruleIsKept(ArchRule rule) {
    rule.check(CLASSES);
  }

  static Stream<ArchRule> rules() {
    return Stream.of(
            ArchitectureRules.DIRECTIONS.stream(),
            ArchitectureRules.HANDED_IN.stream(),
            Stream.of(
                ArchitectureRules.NO_PACKAGE_CYCLES,
                ArchitectureRules.NO_FORBIDDEN_TYPES,
                ArchitectureRules.INNER_PARTS_STAY_INSIDE,
                ArchitectureRules.NAMES_ARE_AUTHORISED))
        .flatMap(rules -> rules);
  }
}
