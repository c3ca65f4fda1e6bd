package dev.topics.server.contract;

import dev.topics.engine.Engine;
import dev.topics.engine.EngineOptions;
import dev.topics.server.ServerOptions;
import dev.topics.server.TopicsServer;
import dev.topics.storage.StoreOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;

/// A server that serves a directory with a clock of ours.
final class RunningServer {
  private final TopicsServer server;

  private RunningServer(TopicsServer server) {
    this.server = server;
  }

  static RunningServer start(
      Path directory, TestClock clock, int journalFileBytes, Map<String, String> variables) {
    StoreOptions store = StoreOptions.defaults().withJournalFileBytes(journalFileBytes);
    ServerOptions listen =
        ServerOptions.fromVariables(variables).withPort(0).withDataDirectory(directory);
    EngineOptions options =
        EngineOptions.defaults()
            .withStore(store)
            .withClock(clock)
            .withWriteLimits(listen.writeLimits())
            .withQuota(listen.quota())
            .withMaxRouters(listen.maxRouters());
    return start(listen, progress -> Engine.open(directory, options));
  }

  static RunningServer start(ServerOptions options, TopicsServer.EngineOpener opener) {
    try {
      return new RunningServer(TopicsServer.start(options, opener).awaitReady());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  InetSocketAddress address() {
    return server.address();
  }

  void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
