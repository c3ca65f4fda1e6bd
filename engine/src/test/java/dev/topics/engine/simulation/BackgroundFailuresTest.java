package dev.topics.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.topics.engine.Engine;
import dev.topics.engine.EngineOptions;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.AppendResult;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.model.EngineClock;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskFailedException;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.sim.SimDisk;
import dev.topics.storage.disk.WrappedDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/// What fails in one thread in the background is told in the log, keeps no other one from its work,
/// and is tried again.
final class BackgroundFailuresTest {
  private static final TopicName TOPIC = new TopicName("t");

  /// How a disk, or a program, can fail.
  enum Failure {
    DISK {
      @Override
      void happen() throws IOException {
        throw new DiskFailedException("planned");
      }
    },
    EXCEPTION {
      @Override
      void happen() {
        throw new IllegalStateException("planned");
      }
    },
    ERROR {
      @Override
      void happen() {
        throw new AssertionError("planned");
      }
    };

    abstract void happen() throws IOException;
  }

  /// Fails whoever creates a file in one directory.
  private static final class Trouble extends WrappedDisk {
    private final String directory;
    private final Failure failure;
    private volatile boolean over;

    Trouble(Disk disk, String directory, Failure failure) {
      super(disk);
      this.directory = directory;
      this.failure = failure;
    }

    @Override
    public DiskFile create(String name) throws IOException {
      if (!over && name.startsWith(directory)) {
        failure.happen();
      }
      return super.create(name);
    }
  }

  /// Ten seconds pass for whoever looks twice.
  private static final class LeapingClock implements EngineClock {
    @Override
    public long wallMillis() {
      return nanos() / 1_000_000;
    }

    @Override
    public long nanos() {
      return 1_000 * System.nanoTime();
    }
  }

  private static final class Log extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Logger engine = (Logger) LoggerFactory.getLogger("dev.topics.engine");

    Log() {
      setContext(engine.getLoggerContext());
      start();
      engine.addAppender(this);
    }

    @Override
    protected void append(ILoggingEvent event) {
      lines.add(event.getFormattedMessage());
    }

    @Override
    public void close() {
      engine.detachAppender(this);
    }
  }

  private static Engine open(Disk disk) throws IOException {
    EngineOptions options = EngineOptions.defaults();
    return Engine.open(
        disk,
        options
            .withStore(options.store().withJournalFileBytes(8 << 10))
            .withClock(new LeapingClock()));
  }

  private static void append(Engine engine) {
    byte[] body =
        ("{\"records\":[{\"data\":\"" + "x".repeat(500) + "\"}]}").getBytes(StandardCharsets.UTF_8);
    var appender = engine.newAppender();
    appender.body().decode(body, 0, body.length);
    assertThat(appender.append(TOPIC, AppendOptions.NONE).join())
        .isInstanceOf(AppendResult.Appended.class);
  }

  /// Goes on writing until it is so.
  private static void await(Engine engine, BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      append(engine);
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static boolean hasFile(SimDisk disk, String prefix) {
    return disk.files().stream().anyMatch(name -> name.startsWith(prefix));
  }

  @ParameterizedTest
  @EnumSource
  void packsThatCannotBeWrittenKeepNobodyFromWork(Failure failure) throws IOException {
    SimDisk sim = new SimDisk(1);
    Trouble disk = new Trouble(sim, "packs/", failure);
    try (Log log = new Log();
        Engine engine = open(disk)) {
      String told = failure == Failure.DISK ? "no pack could be written" : "packs failed";
      await(engine, () -> log.lines.stream().anyMatch(line -> line.contains(told)));
      await(engine, () -> hasFile(sim, "checkpoints/0"));
      assertThat(engine.stats().packs().written()).isZero();
      disk.over = true;
      await(engine, () -> engine.stats().packs().written() > 0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void checkpointsThatCannotBeWrittenKeepNobodyFromWork(Failure failure) throws IOException {
    SimDisk sim = new SimDisk(1);
    Trouble disk = new Trouble(sim, "checkpoints/", failure);
    try (Log log = new Log();
        Engine engine = open(disk)) {
      String told =
          failure == Failure.DISK ? "no checkpoint could be written" : "checkpoints failed";
      await(engine, () -> log.lines.stream().anyMatch(line -> line.contains(told)));
      await(engine, () -> engine.stats().packs().written() > 0);
      assertThat(hasFile(sim, "checkpoints/0")).isFalse();
      disk.over = true;
      await(engine, () -> hasFile(sim, "checkpoints/0"));
    }
  }
}
