package dev.topics.server;

import dev.topics.engine.Engine;
import dev.topics.engine.EngineOptions;
import dev.topics.server.api.ApiRoutes;
import dev.topics.server.api.Service;
import dev.topics.server.api.Status;
import dev.topics.server.http.ErrorCode;
import dev.topics.server.http.Gate;
import dev.topics.server.http.HttpOptions;
import dev.topics.server.http.HttpServer;
import dev.topics.server.http.Problem;
import dev.topics.server.http.Route;
import dev.topics.server.http.Router;
import dev.topics.server.metrics.Metrics;
import dev.topics.storage.journal.JournalState;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.DoubleAccumulator;
import java.util.function.DoubleSupplier;
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

  private final EngineOpener opener;
  private final DoubleSupplier recoveryProgress;
  private final long startedNanos = System.nanoTime();
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final Metrics metrics;
  private final HttpServer http;
  private volatile @Nullable Engine engine;
  private volatile boolean draining;
  private boolean closed;

  private TopicsServer(ServerOptions options, EngineOpener opener, DoubleSupplier recoveryProgress)
      throws IOException {
    this.opener = opener;
    this.recoveryProgress = recoveryProgress;
    State state = new State();
    metrics = new Metrics(state);
    Router router =
        ApiRoutes.router(state, state, options.limitMax(), metrics, metrics::prometheusText);
    metrics.watch(router.routes());
    HttpOptions httpOptions =
        HttpOptions.at(options.host(), options.port(), options.bodyBytesMax());
    http = HttpServer.start(httpOptions, router, state, metrics);
  }

  /// Opens the port and starts to recover.
  ///
  /// @throws IllegalArgumentException if the options would serve the world without keys
  /// @throws IOException if the port cannot be had, or the port file not written
  public static TopicsServer start(ServerOptions options) throws IOException {
    DoubleAccumulator progress = new DoubleAccumulator(Math::max, 0);
    EngineOptions engineOptions =
        EngineOptions.defaults()
            .withWriteLimits(options.writeLimits())
            .withRecoveryProgress(progress::accumulate);
    return start(options, () -> Engine.open(options.dataDirectory(), engineOptions), progress::get);
  }

  /// The same over an engine that is opened in another way: with another clock, or on another disk.
  ///
  /// @throws IllegalArgumentException if the options would serve the world without keys
  /// @throws IOException if the port cannot be had, or the port file not written
  public static TopicsServer start(ServerOptions options, EngineOpener opener) throws IOException {
    return start(options, opener, () -> 0);
  }

  private static TopicsServer start(
      ServerOptions options, EngineOpener opener, DoubleSupplier recoveryProgress)
      throws IOException {
    Exposure.check(options);
    if (!options.ignored().isEmpty()) {
      log.info("variables without meaning here are ignored: {}", options.ignored());
    }
    TopicsServer server = new TopicsServer(options, opener, recoveryProgress);
    try {
      if (options.portFile() != null) {
        PortFile.write(options.portFile(), server.address());
      }
    } catch (IOException e) {
      server.ready.completeExceptionally(e);
      server.close();
      throw e;
    }
    Thread.ofPlatform().name("recovery").daemon().start(server::recover);
    return server;
  }

  /// Opens the engine of a server; takes as long as recovery takes.
  @FunctionalInterface
  public interface EngineOpener {
    Engine open() throws IOException;
  }

  private void recover() {
    try {
      Engine opened = opener.open();
      opened.listenToSyncs(metrics::synced);
      engine = opened;
      ready.complete(null);
    } catch (Throwable e) {
      ready.completeExceptionally(e);
    }
  }

  /// Where the server listens.
  public InetSocketAddress address() {
    return http.address();
  }

  /// The base of all addresses of the server.
  public String url() {
    return "http://" + PortFile.show(address());
  }

  /// Waits until the engine has recovered and everything is served.
  ///
  /// @throws IOException if it cannot, because the directory is in use, damaged or unreadable
  public TopicsServer awaitReady() throws IOException {
    try {
      ready.join();
      return this;
    } catch (CompletionException e) {
      if (e.getCause() instanceof IOException refused) {
        throw refused;
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
    http.close();
    try {
      ready.exceptionally(failure -> null).join();
    } finally {
      metrics.close();
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
        return Problem.of(ErrorCode.SHUTTING_DOWN, "the server is shutting down");
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
      return open == null ? 0 : open.stats().topics();
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
      return engine == null ? recoveryProgress.getAsDouble() : 1;
    }

    @Override
    public long bodyBytesHeld() {
      return http.bodyBytesHeld();
    }
  }
}
