package dev.topics.server;

import dev.topics.engine.ColdStorage;
import dev.topics.engine.Engine;
import dev.topics.engine.EngineOptions;
import dev.topics.engine.model.InconsistentLogException;
import dev.topics.server.api.ApiRoutes;
import dev.topics.server.api.Service;
import dev.topics.server.api.Status;
import dev.topics.server.audit.AuditLog;
import dev.topics.server.http.AccessOptions;
import dev.topics.server.http.AuditTrail;
import dev.topics.server.http.ErrorCode;
import dev.topics.server.http.Gate;
import dev.topics.server.http.HttpOptions;
import dev.topics.server.http.HttpServer;
import dev.topics.server.http.Problem;
import dev.topics.server.http.Route;
import dev.topics.server.http.Router;
import dev.topics.server.http.Tls;
import dev.topics.server.metrics.Metrics;
import dev.topics.storage.disk.FileDisk;
import dev.topics.storage.journal.JournalState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.DoubleAccumulator;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A server: one port over one data directory.
///
/// The port is open as soon as [#start] returns, while the engine still recovers on a thread of its
/// own: until then only health, readiness and metrics are served.
///
/// **Threading** any thread but those of the server.
public final class TopicsServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TopicsServer.class);

  /// Writers are told to come again when an answer waits for longer than this.
  private static final long PRESSURE_NANOS = TimeUnit.SECONDS.toNanos(2);

  /// How many reads wait for the disk at once; more of them wait for their turn.
  private static final int WAITING_THREADS = 4;

  private final EngineOpener opener;
  private final @Nullable Path portFile;
  private final DoubleAccumulator recoveryProgress = new DoubleAccumulator(Math::max, 0);
  private final long startedNanos = System.nanoTime();
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final ExecutorService waiting =
      Executors.newFixedThreadPool(
          WAITING_THREADS, Thread.ofPlatform().name("topics-fetch-", 1).daemon().factory());
  private final Metrics metrics;
  private final HttpServer http;
  private final @Nullable AuditLog audit;
  private final String scheme;
  private final Reloads reloads;
  private volatile @Nullable Engine engine;
  private volatile boolean draining;
  private boolean announced;
  private boolean closed;

  private TopicsServer(ServerOptions options, EngineOpener opener) throws IOException {
    this.opener = opener;
    portFile = options.portFile();
    State state = new State();
    metrics = new Metrics(state);
    Path auditFile = options.access().auditLog();
    audit = auditFile == null ? null : AuditLog.open(auditFile, Clock.systemUTC());
    AccessOptions access = options.access().open(audit == null ? AuditTrail.NONE : audit);
    Router router =
        ApiRoutes.router(
            state,
            state,
            options.watchLimits(),
            options.claimMax(),
            waiting,
            metrics,
            metrics::prometheusText);
    metrics.watch(router.routes());
    HttpOptions httpOptions =
        HttpOptions.at(options.host(), options.port(), options.bodyBytesMax());
    Tls tls = options.tls() == null ? null : Tls.open(options.tls());
    http = HttpServer.start(httpOptions, tls, access, router, state, metrics);
    scheme = tls == null ? "http" : "https";
    reloads = Reloads.start(access.keys(), tls);
  }

  /// Opens the port and starts to recover.
  ///
  /// @throws IllegalArgumentException if the options would serve the world without keys, or a key
  ///   is malformed
  /// @throws IOException if the port cannot be had
  public static TopicsServer start(ServerOptions options) throws IOException {
    ColdOptions cold = options.cold();
    if (cold != null && !Files.isDirectory(cold.directory())) {
      log.warn(
          "the cold directory {} is not there: what lies in it cannot be read, and nothing is moved"
              + " to it, until it is",
          cold.directory());
    }
    EngineOptions engineOptions =
        EngineOptions.defaults()
            .withCold(
                cold == null
                    ? null
                    : new ColdStorage(
                        FileDisk.at(cold.directory()), cold.hotRetainBytes(), UUID.randomUUID()))
            .withWriteLimits(options.writeLimits())
            .withMaxRouters(options.maxRouters())
            .withQuota(options.quota())
            .withPressureNanos(PRESSURE_NANOS);
    return start(
        options,
        progress ->
            Engine.open(options.dataDirectory(), engineOptions.withRecoveryProgress(progress)));
  }

  /// The same over an engine that is opened in another way: with another clock, or on another disk.
  ///
  /// @throws IllegalArgumentException if the options would serve the world without keys, or a key
  ///   is malformed
  /// @throws IOException if the port cannot be had
  public static TopicsServer start(ServerOptions options, EngineOpener opener) throws IOException {
    Exposure.check(options);
    if (!options.ignored().isEmpty()) {
      log.info("variables without meaning here are ignored: {}", options.ignored());
    }
    TopicsServer server = new TopicsServer(options, opener);
    Thread.ofPlatform().name("recovery").daemon().start(server::recover);
    return server;
  }

  /// Opens the engine of a server; takes as long as recovery takes.
  @FunctionalInterface
  public interface EngineOpener {
    /// Opens it.
    ///
    /// @param progress to be told, from 0 to 1, how far recovery is, once the data is this
    ///   process's own. It throws when the server closes, which is to end the opening
    Engine open(DoubleConsumer progress) throws IOException;
  }

  private void recover() {
    try {
      Engine opened = opener.open(this::recovered);
      opened.listenToSyncs(metrics::synced);
      engine = opened;
      announce();
      ready.complete(null);
    } catch (UncheckedIOException e) {
      ready.completeExceptionally(e.getCause());
    } catch (Throwable e) {
      ready.completeExceptionally(e);
    }
  }

  private void recovered(double part) {
    if (draining) {
      throw new CancellationException("the server was closed before it had recovered");
    }
    recoveryProgress.accumulate(part);
    announce();
  }

  /// Tells where the server listens: not before the data is its own, so that a second server over
  /// the same data does not take the place of the first one.
  private void announce() {
    Path file = portFile;
    if (file != null && !announced) {
      announced = true;
      try {
        PortFile.write(file, address());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /// Where the server listens.
  public InetSocketAddress address() {
    return http.address();
  }

  /// The base of all addresses of the server.
  public String url() {
    return scheme + "://" + PortFile.show(address());
  }

  /// Waits until the engine has recovered and everything is served.
  ///
  /// @throws IOException if it cannot, because the directory is in use, damaged or unreadable, or
  ///   because the port file cannot be written
  /// @throws CancellationException if the server was closed before
  public TopicsServer awaitReady() throws IOException {
    try {
      ready.join();
      return this;
    } catch (CompletionException e) {
      if (e.getCause() instanceof IOException refused) {
        throw refused;
      }
      if (e.getCause() instanceof InconsistentLogException contradiction) {
        throw contradiction;
      }
      throw e;
    }
  }

  /// Stops accepting, finishes what is in progress, syncs, and lets go of the directory.
  @Override
  public synchronized void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    draining = true;
    reloads.close();
    http.close();
    waiting.close();
    try {
      ready.exceptionally(failure -> null).join();
    } finally {
      metrics.close();
      if (audit != null) {
        audit.close();
      }
      Engine open = engine;
      if (open != null) {
        open.close();
      }
    }
  }

  /// What the parts of the server are told about the whole.
  private final class State implements Gate, Service, Status, Metrics.Source {
    @Override
    public @Nullable Problem check(Route route) {
      if (route.access() == Route.Access.ALWAYS || (engine != null && !draining)) {
        return null;
      }
      return unready();
    }

    @Override
    public Engine engine() {
      Engine open = engine;
      if (open == null) {
        throw notReady().rejected();
      }
      return open;
    }

    @Override
    public @Nullable Problem unready() {
      if (draining) {
        return Problem.shuttingDown();
      }
      Engine open = engine;
      if (open == null) {
        return notReady();
      }
      if (open.journalState() == JournalState.FAILED) {
        return Problem.of(
            ErrorCode.STORAGE_FAILED, "a disk error made the log read-only; restart the server");
      }
      return null;
    }

    private Problem notReady() {
      return Problem.of(ErrorCode.NOT_READY, "the server is recovering its data; try again soon")
          .with("replay_progress", recoveryProgress())
          .retryAfterSeconds(1);
    }

    @Override
    public String version() {
      String version = TopicsServer.class.getPackage().getImplementationVersion();
      return version == null ? "development" : version;
    }

    @Override
    public long uptimeMillis() {
      return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNanos);
    }

    @Override
    public int topics() {
      Engine open = engine;
      return open == null ? 0 : open.topicCount();
    }

    @Override
    public @Nullable Engine openEngine() {
      return engine;
    }

    @Override
    public boolean ready() {
      return unready() == null;
    }

    @Override
    public double recoveryProgress() {
      return engine == null ? recoveryProgress.get() : 1;
    }

    @Override
    public long bodyBytesHeld() {
      return http.bodyBytesHeld();
    }
  }
}
