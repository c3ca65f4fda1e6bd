package dev.topics.quality;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What may depend on what. Directions that `module-info` enforces already are not repeated here.
///
/// In storage and engine, clock, disk, randomness and threads are handed in. The types that own
/// them are recognised by their names: a clock is a `…Clock`, a source of randomness an `…Entropy`,
/// a maker of threads `…Threads`, and an `…Options` may hand in the system's clock and randomness
/// by default. The file system is behind `dev.topics.storage.disk`.
final class ArchitectureRules {
  static final ArchRule NO_PACKAGE_CYCLES =
      slices().matching("dev.topics.(**)").should().beFreeOfCycles();

  private static final String[] BELOW_TOPICS = {
    "engine.index", "engine.record", "engine.model", "engine.json", "storage"
  };

  static final List<ArchRule> DIRECTIONS =
      List.of(
          mayUse("storage.disk"),
          mayUse("storage.checkpoint", "storage.disk"),
          mayUse("storage.search"),
          mayUse("storage.pack", "storage.disk", "storage.search"),
          mayUse("storage.journal", "storage.disk", "storage.checkpoint"),
          mayUse("engine.json"),
          mayUse("engine.model", "engine.json"),
          mayUse("engine.record", "engine.model", "engine.json", "storage"),
          mayUse("engine.index", "engine.record", "engine.model", "storage"),
          mayUse("engine.topic", BELOW_TOPICS),
          mayUse("engine.upkeep", onTopics()),
          mayUse("engine.recovery", onTopics("engine.upkeep")),
          mayUse("engine.queue", onTopics()),
          mayUse("engine.router", onTopics()),
          mayUse("engine.watch", onTopics()),
          mayUse("server.auth"),
          mayUse("server.limits"),
          mayUse("server.http", "server.auth", "server.limits", "engine.json"));

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

  /// These are exported because what topics show within the engine is made of them.
  static final ArchRule INNER_PARTS_STAY_INSIDE =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.topics.engine..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.topics.engine.record", "dev.topics.engine.index")
          .as("outside of the engine nobody knows how records and indexes are stored");

  /// What a client sends becomes a name in one place, which asks whether the client may touch it.
  static final ArchRule NAMES_ARE_AUTHORISED =
      noClasses()
          .that()
          .resideInAPackage("dev.topics.server..")
          .and()
          .doNotHaveSimpleName("Names")
          .should()
          .callConstructorWhere(
              describe(
                  "make names of topics and routers",
                  call ->
                      call.getTargetOwner().getName().matches("dev\\.topics\\.engine\\..*Name")))
          .as("in the server, only Names makes names, because it asks the Authorizer");

  private ArchitectureRules() {}

  /// Of our own packages, `user` depends on itself and on `used` only; subpackages included.
  private static ArchRule mayUse(String user, String... used) {
    String[] allowed =
        Stream.concat(Stream.of(user), Stream.of(used))
            .map(name -> "dev.topics." + name + "..")
            .toArray(String[]::new);
    return classes()
        .that()
        .resideInAPackage(allowed[0])
        .should()
        .onlyDependOnClassesThat(
            resideOutsideOfPackage("dev.topics..").or(resideInAnyPackage(allowed)))
        .allowEmptyShould(true);
  }

  /// What is built on topics may use them, all they are built on, and `more`.
  private static String[] onTopics(String... more) {
    return Stream.of(Stream.of("engine.topic"), Stream.of(BELOW_TOPICS), Stream.of(more))
        .flatMap(names -> names)
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
