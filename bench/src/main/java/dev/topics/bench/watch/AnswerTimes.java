package dev.topics.bench.watch;

import dev.topics.bench.remote.HttpAnswer;
import dev.topics.bench.remote.HttpConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// How long the server says that it took from complete writes to their answers, as it counts them
/// in the buckets of its metrics; what comes before and behind is the client's, and the kernel's.
final class AnswerTimes {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final String BUCKET = "topics_http_request_duration_seconds_bucket{";
  private static final String ROUTE = "route=\"/v0/topics/{topic}\"";

  private final SortedMap<Double, Long> counts = new TreeMap<>();

  /// Of all writes so far; nothing if the server has no metrics.
  static AnswerTimes scrape(InetSocketAddress server) throws IOException {
    AnswerTimes times = new AnswerTimes();
    try (HttpConnection http = HttpConnection.open(server, TIMEOUT)) {
      HttpAnswer answer = http.get("/metrics");
      answer.body().toString().lines().forEach(times::read);
    }
    return times;
  }

  private void read(String line) {
    if (line.startsWith(BUCKET) && line.contains(ROUTE) && line.contains("method=\"POST\"")) {
      int le = line.indexOf("le=\"") + 4;
      String limit = line.substring(le, line.indexOf('"', le));
      double seconds = limit.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(limit);
      double count = Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
      counts.merge(seconds, (long) count, Long::sum);
    }
  }

  private long all() {
    return counts.getOrDefault(Double.POSITIVE_INFINITY, 0L);
  }

  /// What came after `before`: for each bucket up to 2.5 ms the share of writes within it.
  String since(AnswerTimes before) {
    if (counts.isEmpty()) {
      return "";
    }
    long all = all() - before.all();
    List<String> shares = new ArrayList<>();
    counts
        .headMap(0.003)
        .forEach((seconds, count) -> {
          double share =
              100.0 * (count - before.counts.getOrDefault(seconds, 0L)) / Math.max(1, all);
          shares.add("%.1f %% within %.2f ms".formatted(share, 1000 * seconds));
        });
    return " · by the server: " + String.join(", ", shares);
  }
}
