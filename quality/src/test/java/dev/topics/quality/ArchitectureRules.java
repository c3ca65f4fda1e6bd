package dev.topics.quality;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.regex.Pattern;

/// What may depend on what. Directions that `module-info` enforces already are not repeated here.
///
/// In storage and engine, clock, disk, randomness and threads are handed in. The types that own
/// them are recognised by their names: a clock is a `…Clock`, a source of randomness an `…Entropy`,
/// a maker of threads `…Threads`, and an `…Options` may hand in the system's clock and randomness
/// by default. The file system is behind `dev.topics.storage.disk`.
final class ArchitectureRules {
  static final ArchRule NO_PACKAGE_CYCLES =
      slices().matching("dev.topics.(**)").should().beFreeOfCycles();

  static final List<ArchRule> DIRECTIONS =
      List.of(
          neverFrom("dev.topics.storage.disk", "dev.topics.storage", ownSubpackagesBut("disk")),
          neverFrom("dev.topics.storage.journal", "dev.topics.storage"),
          neverFrom("dev.topics.storage.checkpoint", "dev.topics.storage"),
          neverFrom("dev.topics.engine.json..", "dev.topics.engine", "dev.topics.storage.."),
          neverFrom("dev.topics.engine.json..", engine("model", "topic", "queue", "router")),
          neverFrom("dev.topics.engine.json..", engine("watch")),
          neverFrom("dev.topics.engine.model..", "dev.topics.engine", "dev.topics.storage.."),
          neverFrom("dev.topics.engine.model..", engine("topic", "queue", "router", "watch")),
          neverFrom("dev.topics.engine.topic..", "dev.topics.engine"),
          neverFrom("dev.topics.engine.topic..", engine("queue", "router", "watch")),
          neverFrom("dev.topics.engine.queue..", "dev.topics.engine"),
          neverFrom("dev.topics.engine.queue..", engine("router", "watch")),
          neverFrom("dev.topics.engine.router..", "dev.topics.engine"),
          neverFrom("dev.topics.engine.router..", engine("queue", "watch")),
          neverFrom("dev.topics.engine.watch..", "dev.topics.engine"),
          neverFrom("dev.topics.engine.watch..", engine("queue", "router")),
          neverFrom("dev.topics.server.http..", "dev.topics.server", "dev.topics.server.api.."),
          neverFrom("dev.topics.server.http..", "dev.topics.engine", engine("model")[0]));

  static final List<ArchRule> HANDED_IN =
      List.of(
          onlyOwnersCall(
              "the clock",
              ".*(Clock|Options)",
              "java\\.lang\\.System\\.(currentTimeMillis|nanoTime)"
                  + "|java\\.time\\.\\w+\\.(now|system\\w*)"),
          onlyOwnersCall(
              "the disk",
              "dev\\.topics\\.storage\\.disk\\..*",
              "java\\.nio\\.file\\.Files\\..*"
                  + "|java\\.nio\\.channels\\.FileChannel\\.open"
                  + "|java\\.io\\.(File|RandomAccessFile|File\\w*(Stream|Reader|Writer))\\..*"),
          onlyOwnersCall(
              "randomness",
              ".*(Entropy|Options)",
              "java\\.util\\.(Random|SplittableRandom)\\.<init>"
                  + "|java\\.security\\.SecureRandom\\..*"
                  + "|java\\.util\\.concurrent\\.ThreadLocalRandom\\..*"
                  + "|java\\.lang\\.Math\\.random"
                  + "|java\\.util\\.UUID\\.randomUUID"),
          onlyOwnersCall(
              "threads",
              ".*Threads",
              "java\\.lang\\.Thread\\.(<init>|of\\w+|start\\w+)"
                  + "|java\\.util\\.concurrent\\.(Executors|ThreadPoolExecutor)\\..*"
                  + "|java\\.util\\.concurrent\\.ForkJoinPool\\..*"
                  + "|java\\.util\\.Timer\\.<init>"));

  static final ArchRule NO_FORBIDDEN_TYPES =
      noClasses()
          .should()
          .dependOnClassesThat()
          .haveNameMatching("java\\.lang\\.ThreadLocal|java\\.lang\\.InheritableThreadLocal")
          .orShould()
          .dependOnClassesThat()
          .haveNameMatching("(sun\\.misc|jdk\\.internal\\.misc)\\.Unsafe")
          .as("nobody uses ThreadLocal or Unsafe");

  private ArchitectureRules() {}

  private static ArchRule neverFrom(String origin, String... targets) {
    return noClasses()
        .that()
        .resideInAPackage(origin)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(targets)
        .allowEmptyShould(true);
  }

  private static ArchRule neverFrom(String origin, String target, String[] targets) {
    var all = new String[targets.length + 1];
    all[0] = target;
    System.arraycopy(targets, 0, all, 1, targets.length);
    return neverFrom(origin, all);
  }

  private static String[] ownSubpackagesBut(String name) {
    return List.of("disk", "journal", "checkpoint", "pack").stream()
        .filter(sub -> !sub.equals(name))
        .map(sub -> "dev.topics.storage." + sub + "..")
        .toArray(String[]::new);
  }

  private static String[] engine(String... subpackages) {
    return List.of(subpackages).stream()
        .map(sub -> "dev.topics.engine." + sub + "..")
        .toArray(String[]::new);
  }

  private static ArchRule onlyOwnersCall(String what, String owners, String members) {
    Pattern owner = Pattern.compile(owners);
    Pattern member = Pattern.compile(members);
    DescribedPredicate<JavaClass> isNoOwner =
        describe("do not own " + what, type -> !owner.matcher(outermost(type)).matches());
    DescribedPredicate<JavaAccess<?>> isCall =
        describe(
            "reach for " + what,
            access ->
                member
                    .matcher(access.getTargetOwner().getName() + "." + access.getTarget().getName())
                    .matches());
    return noClasses()
        .that()
        .resideInAnyPackage("dev.topics.storage..", "dev.topics.engine..")
        .and(isNoOwner)
        .should()
        .accessTargetWhere(isCall)
        .as("in storage and engine, " + what + " is handed in");
  }

  private static String outermost(JavaClass type) {
    return type.getEnclosingClass().map(ArchitectureRules::outermost).orElseGet(type::getName);
  }
}
