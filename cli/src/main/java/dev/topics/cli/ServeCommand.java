package dev.topics.cli;

import dev.topics.server.ServerOptions;
import dev.topics.server.TopicsServer;
import dev.topics.storage.disk.DirectoryLockedException;
import dev.topics.storage.journal.DamagedException;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `topics serve`: runs a server until it is told to stop.
///
/// SIGTERM and SIGINT let it finish what is in progress and sync; the exit status is 0 then. If it
/// cannot start it is [ExitStatus#FAILED], or [ExitStatus#DAMAGED] because of what is stored.
@Command(
    name = "serve",
    description = "Serve topics over HTTP until SIGTERM.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "A flag goes before its environment variable (TOPICS_HOST, TOPICS_PORT, TOPICS_DATA_DIR, …),",
      "and that before the file given with --config.",
    })
final class ServeCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(ServeCommand.class);

  @Mixin private final ServeFlags flags = new ServeFlags();

  @Override
  public Integer call() throws InterruptedException {
    ServerOptions options;
    try {
      Logs.configure(flags.logFormat(), flags.logLevel());
      options = ServerOptions.fromVariables(flags.variables());
      return serve(options);
    } catch (IllegalArgumentException e) {
      return fail(ExitStatus.USAGE, e.getMessage());
    } catch (DirectoryLockedException e) {
      return fail(ExitStatus.FAILED, "another process uses the data directory: " + e.getMessage());
    } catch (DamagedException e) {
      return fail(ExitStatus.DAMAGED, "stored data is damaged: " + e.getMessage());
    } catch (IOException e) {
      return fail(ExitStatus.FAILED, withCause(e));
    }
  }

  private static int serve(ServerOptions options) throws IOException, InterruptedException {
    TopicsServer server = TopicsServer.start(options);
    Thread stop = new Thread(() -> stop(server), "stop");
    Runtime.getRuntime().addShutdownHook(stop);
    try {
      StartPanel.show(server, options);
      server.awaitReady();
    } catch (IOException | RuntimeException | Error e) {
      Runtime.getRuntime().removeShutdownHook(stop);
      server.close();
      throw e;
    }
    log.info("ready");
    new CountDownLatch(1).await();
    return ExitStatus.OK;
  }

  /// Runs while the JVM goes down. The status of a JVM that a signal ends is not 0 by itself.
  private static void stop(TopicsServer server) {
    int status = ExitStatus.OK;
    log.info("stopping: finishing what is in progress");
    try {
      server.close();
      log.info("stopped");
    } catch (IOException | RuntimeException e) {
      log.error("the data could not be synced and closed", e);
      status = ExitStatus.FAILED;
    }
    Runtime.getRuntime().halt(status);
  }

  private static int fail(int status, @Nullable String message) {
    log.error("{}", message);
    return status;
  }

  private static String withCause(IOException failure) {
    Throwable cause = failure.getCause();
    String message = String.valueOf(failure.getMessage());
    return cause == null ? message : message + ": " + cause.getMessage();
  }
}
