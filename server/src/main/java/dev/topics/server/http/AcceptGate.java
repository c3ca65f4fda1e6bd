package dev.topics.server.http;

import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.channel.Channel;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Stops accepting while there are as many connections as the process can have, less what the files
/// of the data need: clients that open connections without end must not take the descriptors that a
/// write is waiting for. Connections that come meanwhile wait in the kernel.
///
/// **Threading** any thread.
final class AcceptGate {
  private static final Logger log = LoggerFactory.getLogger(AcceptGate.class);
  private static final int FOR_FILES = 512;
  private static final int CONNECTIONS_MIN = 64;

  private final long max;
  private final AtomicInteger open = new AtomicInteger();
  private volatile @Nullable Channel server;
  private volatile boolean paused;

  /// @param max connections at once
  AcceptGate(long max) {
    this.max = max;
  }

  /// As many as the limit of descriptors allows: all but 512, or half of a small limit.
  static AcceptGate ofThisProcess() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
        ? new AcceptGate(share(system.getMaxFileDescriptorCount()))
        : new AcceptGate(Integer.MAX_VALUE);
  }

  static long share(long descriptors) {
    return Math.max(CONNECTIONS_MIN, Math.max(descriptors / 2, descriptors - FOR_FILES));
  }

  /// Guards `channel`, which accepts.
  void guard(Channel channel) {
    server = channel;
    regulate();
  }

  /// A connection was accepted.
  void opened(Channel connection) {
    open.incrementAndGet();
    connection
        .closeFuture()
        .addListener(done -> {
          open.decrementAndGet();
          regulate();
        });
    regulate();
  }

  private void regulate() {
    Channel accepting = server;
    if (accepting == null || paused == open.get() >= max) {
      return;
    }
    synchronized (this) {
      boolean full = open.get() >= max;
      if (full != paused) {
        paused = full;
        accepting.config().setAutoRead(!full);
        if (full) {
          log.warn("{} connections are open: no more are accepted until some are closed", max);
        }
      }
    }
  }
}
