package dev.topics.server.http;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The connections of an event loop, and when to look at each.
///
/// The times are in an array of their own: of thousands of connections most are not due, and to
/// find out is to read memory in a row instead of a place in the heap for each.
///
/// **Threading** the event loop. Connections may come and go while others are looked at.
final class Watchlist {
  private static final Logger log = LoggerFactory.getLogger(Watchlist.class);
  private static final int FIRST_PLACES = 16;

  private @Nullable Watched[] connections = new @Nullable Watched[FIRST_PLACES];
  private long[] dueNanos = new long[FIRST_PLACES];
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  void add(Watched connection, long nowNanos) {
    if (size == connections.length) {
      connections = Arrays.copyOf(connections, 2 * size);
      dueNanos = Arrays.copyOf(dueNanos, 2 * size);
    }
    connection.place = size;
    connections[size] = connection;
    dueNanos[size] = nowNanos;
    size++;
  }

  /// Takes it out if it is there; the last one gets its place.
  void remove(Watched connection) {
    int index = connection.place;
    if (index >= 0) {
      connection.place = -1;
      size--;
      Watched last = connections[size];
      connections[size] = null;
      if (index < size && last != null) {
        connections[index] = last;
        dueNanos[index] = dueNanos[size];
        last.place = index;
      }
    }
  }

  /// Has it looked at with the next tick, whatever it said before.
  void due(Watched connection, long nowNanos) {
    if (connection.place >= 0) {
      dueNanos[connection.place] = nowNanos;
    }
  }

  void allDue(long nowNanos) {
    Arrays.fill(dueNanos, 0, size, nowNanos);
  }

  /// Looks at those that are due. From the end on: what takes the place of one that leaves was
  /// looked at before.
  void tick(long nowNanos) {
    for (int i = size - 1; i >= 0; i = Math.min(i, size) - 1) {
      Watched connection = connections[i];
      if (dueNanos[i] - nowNanos <= 0 && connection != null) {
        act(connection, it -> tick(it, nowNanos));
      }
    }
  }

  private void tick(Watched connection, long nowNanos) {
    long quietNanos = connection.tick(nowNanos);
    int index = connection.place;
    if (index >= 0) {
      dueNanos[index] = nowNanos + quietNanos;
    }
  }

  /// Does `action` to those that are there now.
  void forEach(Consumer<Watched> action) {
    for (Watched connection : Arrays.copyOf(connections, size)) {
      if (connection != null) {
        act(connection, action);
      }
    }
  }

  /// What fails for one connection must not end the ticks, or the closing, of the others.
  private static void act(Watched connection, Consumer<Watched> action) {
    try {
      action.accept(connection);
    } catch (RuntimeException | Error e) {
      log.error("a connection could not be looked after", e);
    }
  }
}
