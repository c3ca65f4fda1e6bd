package dev.topics.server.audit;

import dev.topics.server.http.AuditTrail;
import dev.topics.server.http.Exchange;
import dev.topics.server.http.Route;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A file of JSON lines about requests that change what there is, and about those that were refused
/// for want of a key.
///
/// ```json
/// {"time":"…","who":"billing","address":"192.0.2.7","what":"PUT /v0/topics/{topic}",
///  "name":"orders","result":201}
/// ```
///
/// `who` is the name of a key, never the key; null without one. The file is opened anew for each
/// batch of lines, so it may be moved away at any time.
///
/// **Threading** [#answered] any thread, never waits; a thread of its own writes. **Failure** lines
/// that could not be written, or came faster than the disk took them, are counted in the log and by
/// a line of their own.
public final class AuditLog implements AuditTrail, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AuditLog.class);
  private static final int LINES_WAITING_MAX = 10_000;
  private static final int NAME_CHARACTERS_MAX = 300;
  private static final String END = "";

  private final Path file;
  private final Clock clock;
  private final BlockingQueue<String> waiting = new ArrayBlockingQueue<>(LINES_WAITING_MAX);
  private final AtomicLong dropped = new AtomicLong();
  private final Thread writer;

  private AuditLog(Path file, Clock clock) {
    this.file = file;
    this.clock = clock;
    writer = Thread.ofPlatform().name("audit").daemon().unstarted(this::run);
  }

  /// Starts to write to `file`.
  ///
  /// @throws IOException if that is not possible
  public static AuditLog open(Path file, Clock clock) throws IOException {
    AuditLog audit = new AuditLog(file, clock);
    audit.append(List.of());
    audit.writer.start();
    return audit;
  }

  @Override
  public void answered(Exchange exchange, @Nullable Route route, int status) {
    String owner = exchange.grant().owner();
    StringBuilder line = new StringBuilder(160);
    line.append("{\"time\":\"").append(clock.instant()).append("\",\"who\":");
    text(line, owner.isEmpty() ? null : owner);
    line.append(",\"address\":\"").append(exchange.peer().address().getHostAddress());
    line.append("\",\"what\":");
    text(line, route == null ? exchange.method().toString() : route.toString());
    line.append(",\"name\":");
    text(line, exchange.parameters().isEmpty() ? null : exchange.parameters().getFirst());
    line.append(",\"result\":").append(status).append("}\n");
    if (!waiting.offer(line.toString())) {
      dropped.incrementAndGet();
    }
  }

  private static void text(StringBuilder line, @Nullable String text) {
    if (text == null) {
      line.append("null");
      return;
    }
    line.append('"');
    for (int i = 0; i < Math.min(text.length(), NAME_CHARACTERS_MAX); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        line.append('\\').append(c);
      } else if (c < ' ' || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029) {
        line.append("\\u").append(HexFormat.of().toHexDigits(c));
      } else {
        line.append(c);
      }
    }
    line.append('"');
  }

  private void run() {
    List<String> lines = new ArrayList<>();
    boolean over = false;
    while (!over) {
      try {
        lines.add(waiting.take());
      } catch (InterruptedException e) {
        over = true;
      }
      waiting.drainTo(lines);
      over |= lines.remove(END);
      write(lines);
      lines.clear();
    }
  }

  private void write(List<String> lines) {
    long lost = dropped.getAndSet(0);
    if (lost > 0) {
      lines.add("{\"time\":\"" + clock.instant() + "\",\"lines_lost\":" + lost + "}\n");
    }
    try {
      append(lines);
    } catch (IOException e) {
      dropped.addAndGet(lines.size() + lost);
      log.error("{} lines of the audit log could not be written", lines.size(), e);
    }
  }

  private void append(List<String> lines) throws IOException {
    Files.write(
        file,
        String.join("", lines).getBytes(StandardCharsets.UTF_8),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  /// Writes what waits.
  @Override
  public void close() {
    try {
      waiting.put(END);
      writer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
