package dev.topics.cli;

import dev.topics.engine.model.InconsistentLogException;
import dev.topics.server.ServerOptions;
import dev.topics.server.TopicsServer;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
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
      "A flag goes before its environment variable, in brackets above, and that",
      "before the file given with --config. Keys (TOPICS_API_KEYS,",
      "TOPICS_KEYS_FILE), TLS (TOPICS_TLS_CERT, TOPICS_TLS_KEY) and limits",
      "(TOPICS_MAX_…) have no flags. `topics config print --origin` lists every",
      "setting with its value and where that comes from; docs/API.md explains each.",
      "",
      "Examples:",
      "  topics serve --data-dir /var/lib/topics --port 4000",
      "  TOPICS_API_KEYS=s3cret:read+write topics serve --host 0.0.0.0",
      "  topics serve --port 0 --port-file /tmp/topics.port --log-format json",
    })
final class ServeCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(ServeCommand.class);

  @Mixin private final ServeFlags flags = new ServeFlags();

  @Override
  public Integer call() throws InterruptedException {
    Logs.configure("text", "info");
    try {
      Map<String, String> variables = flags.variables(System.getenv()).all();
      Logs.configure(variables);
      return serve(ServerOptions.fromVariables(variables));
    } catch (IllegalArgumentException e) {
      return fail(ExitStatus.USAGE, flags.blamed(e));
    } catch (IOException | InconsistentLogException e) {
      return fail(ExitStatus.of(e), Reason.of(e));
    }
  }

  private static int serve(ServerOptions options) throws IOException, InterruptedException {
    // Netty looks where every hundredth buffer comes from, which costs a stack trace each time.
    System.getProperties().putIfAbsent("io.netty.leakDetection.level", "disabled");
    TopicsServer server = TopicsServer.start(options);
    Thread stop = new Thread(() -> stop(server), "stop");
    Runtime.getRuntime().addShutdownHook(stop);
    try {
      StartPanel.show(server, options);
      server.awaitReady();
      log.info("ready");
    } catch (CancellationException e) {
      log.info("stopped before all was recovered");
    } catch (IOException | RuntimeException | Error e) {
      Runtime.getRuntime().removeShutdownHook(stop);
      server.close();
      throw e;
    }
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
}
