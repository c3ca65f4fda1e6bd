package dev.topics.quality;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ArchitectureRulesTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "dev.topics.storage.disk, dev.topics.storage.journal",
    "dev.topics.storage.journal, dev.topics.storage",
    "dev.topics.storage.checkpoint, dev.topics.storage",
    "dev.topics.storage.checkpoint, dev.topics.storage.journal",
    "dev.topics.engine.json, dev.topics.engine.model",
    "dev.topics.engine.json, dev.topics.storage.disk",
    "dev.topics.engine.model, dev.topics.engine.topic",
    "dev.topics.engine.topic, dev.topics.engine",
    "dev.topics.engine.topic, dev.topics.engine.queue",
    "dev.topics.engine.topic, dev.topics.engine.upkeep",
    "dev.topics.engine.record, dev.topics.engine.index",
    "dev.topics.engine.index, dev.topics.engine.topic",
    "dev.topics.engine.upkeep, dev.topics.engine.recovery",
    "dev.topics.engine.queue, dev.topics.engine.router",
    "dev.topics.engine.router, dev.topics.engine.watch",
    "dev.topics.engine.watch, dev.topics.engine",
    "dev.topics.server.http, dev.topics.server.api",
    "dev.topics.server.http, dev.topics.engine.model",
    "dev.topics.server.auth, dev.topics.server.http"
  })
  void wrongDirectionIsCaught(String origin, String target) throws IOException {
    write(target, "Used", "public class Used {}");
    write(origin, "User", "class User { Object used = new " + target + ".Used(); }");

    assertThat(broken(ArchitectureRules.DIRECTIONS)).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "dev.topics.storage.journal, dev.topics.storage.disk",
    "dev.topics.engine, dev.topics.engine.queue",
    "dev.topics.engine.queue, dev.topics.engine.topic",
    "dev.topics.engine.topic, dev.topics.engine.model",
    "dev.topics.engine.topic, dev.topics.engine.json",
    "dev.topics.engine.topic, dev.topics.engine.index",
    "dev.topics.engine.index, dev.topics.engine.record",
    "dev.topics.engine.recovery, dev.topics.engine.upkeep",
    "dev.topics.engine.topic, dev.topics.storage.journal",
    "dev.topics.server.http, dev.topics.server.auth",
    "dev.topics.server.api, dev.topics.server.http",
    "dev.topics.server.api, dev.topics.engine.model"
  })
  void designedDirectionPasses(String origin, String target) throws IOException {
    write(target, "Used", "public class Used {}");
    write(origin, "User", "class User { Object used = new " + target + ".Used(); }");

    assertThat(broken(ArchitectureRules.DIRECTIONS)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "System.currentTimeMillis()",
        "System.nanoTime()",
        "java.time.Instant.now()",
        "java.time.Clock.systemUTC()",
        "new java.io.File(\"x\").exists()",
        "java.nio.file.Files.exists(null)",
        "new java.util.Random()",
        "java.util.UUID.randomUUID()",
        "new Thread(() -> {})",
        "Thread.ofVirtual()",
        "java.util.concurrent.Executors.newCachedThreadPool()"
      })
  void reachingForWhatIsHandedInIsCaught(String expression) throws IOException {
    write("dev.topics.engine.topic", "Reacher", "class Reacher { Object o = " + expression + "; }");

    assertThat(broken(ArchitectureRules.HANDED_IN)).hasSize(1);
  }

  @Test
  void methodReferenceToTheClockIsCaught() throws IOException {
    String source = "class Ref { java.util.function.LongSupplier s = System::nanoTime; }";
    write("dev.topics.engine.topic", "Ref", source);

    assertThat(broken(ArchitectureRules.HANDED_IN)).hasSize(1);
  }

  @Test
  void ownersMayReachForWhatTheyOwn() throws IOException {
    write("dev.topics.engine", "SystemClock", "class SystemClock { long t = System.nanoTime(); }");
    String fileDisk = "class FileDisk { boolean b = java.nio.file.Files.exists(null); }";
    write("dev.topics.storage.disk", "FileDisk", fileDisk);
    write("dev.topics.engine", "Entropy", "class Entropy { Object r = new java.util.Random(); }");
    write("dev.topics.engine", "Threads", "class Threads { Object t = new Thread(() -> {}); }");

    assertThat(broken(ArchitectureRules.HANDED_IN)).isEmpty();
  }

  @Test
  void packageCycleIsCaught() throws IOException {
    write("dev.topics.cli.a", "A", "public class A { dev.topics.cli.b.B b; }");
    write("dev.topics.cli.b", "B", "public class B { dev.topics.cli.a.A a; }");

    assertThat(broken(List.of(ArchitectureRules.NO_PACKAGE_CYCLES))).hasSize(1);
  }

  @Test
  void howRecordsAreStoredStaysInTheEngine() throws IOException {
    write("dev.topics.engine.index", "Index", "public class Index {}");
    write("dev.topics.engine.topic", "User", "class User { dev.topics.engine.index.Index i; }");
    assertThat(broken(List.of(ArchitectureRules.INNER_PARTS_STAY_INSIDE))).isEmpty();

    write("dev.topics.server.api", "Nosy", "class Nosy { dev.topics.engine.index.Index i; }");
    assertThat(broken(List.of(ArchitectureRules.INNER_PARTS_STAY_INSIDE))).hasSize(1);
  }

  @Test
  void threadLocalIsCaught() throws IOException {
    write("dev.topics.server", "Cache", "class Cache { ThreadLocal<byte[]> t; }");

    assertThat(broken(List.of(ArchitectureRules.NO_FORBIDDEN_TYPES))).hasSize(1);
  }

  @Test
  void aNameMadePastTheAuthorizerIsCaught() throws IOException {
    write("dev.topics.engine.model", "TopicName", "public record TopicName(String value) {}");
    String maker = "class %s { Object o = new dev.topics.engine.model.TopicName(\"x\"); }";
    write("dev.topics.server.api", "Names", maker.formatted("Names"));
    assertThat(broken(List.of(ArchitectureRules.NAMES_ARE_AUTHORISED))).isEmpty();

    write("dev.topics.server.api", "Hasty", maker.formatted("Hasty"));
    assertThat(broken(List.of(ArchitectureRules.NAMES_ARE_AUTHORISED))).hasSize(1);
  }

  private void write(String packageName, String type, String source) throws IOException {
    Path file = directory.resolve(packageName.replace('.', '/')).resolve(type + ".java");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "package " + packageName + ";\n" + source);
  }

  private List<ArchRule> broken(List<ArchRule> rules) throws IOException {
    JavaClasses classes = new ClassFileImporter().importPath(compile());
    return rules.stream()
        .map(rule -> rule.allowEmptyShould(true))
        .filter(rule -> rule.evaluate(classes).hasViolation())
        .toList();
  }

  private Path compile() throws IOException {
    List<String> arguments = new ArrayList<>(List.of("-proc:none", "-d", directory.toString()));
    try (var files = Files.walk(directory)) {
      files.map(Path::toString).filter(file -> file.endsWith(".java")).forEach(arguments::add);
    }
    var compiler = ToolProvider.getSystemJavaCompiler();
    assertThat(compiler.run(null, null, null, arguments.toArray(String[]::new))).isZero();
    return directory;
  }
}
