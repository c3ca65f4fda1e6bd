package dev.topics.bench.load;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/// The results of a scenario as a line for people and as a line of JSON for programs.
final class LoadReport {
  private LoadReport() {}

  /// One line for one repetition.
  static String line(String scenario, LoadResult result) {
    return String.format(
        Locale.ROOT,
        "%-24s %,9.0f req/s %,11.0f records/s %7.1f MB/s   p50 %s p99 %s p99.9 %s max %s"
            + "   cpu/req server %s driver %s",
        scenario,
        result.requestsPerSecond(),
        result.recordsPerSecond(),
        result.megabytesPerSecond(),
        time(result.p50Micros()),
        time(result.p99Micros()),
        time(result.p999Micros()),
        time(result.maxMicros()),
        time(result.serverCpuMicros()),
        time(result.driverCpuMicros()));
  }

  /// One line for all repetitions: medians, and the least and greatest throughput.
  static String summary(String scenario, List<LoadResult> results) {
    return line(scenario, median(results))
        + String.format(
            Locale.ROOT,
            "   (median of %d, %,.0f to %,.0f req/s)",
            results.size(),
            sorted(results, LoadResult::requestsPerSecond)[0],
            sorted(results, LoadResult::requestsPerSecond)[results.size() - 1]);
  }

  /// The same as one JSON object.
  static String json(String scenario, LoadPlan plan, List<LoadResult> results) {
    LoadResult median = median(results);
    double[] rates = sorted(results, LoadResult::requestsPerSecond);
    return String.format(
        Locale.ROOT,
        "{\"scenario\":\"%s\",\"connections\":%d,\"pipeline\":%d,\"seconds\":%.1f,"
            + "\"repetitions\":%d,\"requests_per_s\":%.0f,\"requests_per_s_min\":%.0f,"
            + "\"requests_per_s_max\":%.0f,\"records_per_s\":%.0f,\"mb_per_s\":%.1f,"
            + "\"p50_us\":%.1f,\"p99_us\":%.1f,\"p999_us\":%.1f,\"max_us\":%.1f,"
            + "\"server_cpu_us\":%.2f,\"driver_cpu_us\":%.2f}",
        scenario,
        plan.connections(),
        plan.pipeline(),
        plan.measured().toMillis() / 1e3,
        results.size(),
        median.requestsPerSecond(),
        rates[0],
        rates[rates.length - 1],
        median.recordsPerSecond(),
        median.megabytesPerSecond(),
        median.p50Micros(),
        median.p99Micros(),
        median.p999Micros(),
        median.maxMicros(),
        median.serverCpuMicros(),
        median.driverCpuMicros());
  }

  /// The median of each figure for itself.
  static LoadResult median(List<LoadResult> results) {
    return new LoadResult(
        median(results, LoadResult::requestsPerSecond),
        median(results, LoadResult::recordsPerSecond),
        median(results, LoadResult::megabytesPerSecond),
        median(results, LoadResult::p50Micros),
        median(results, LoadResult::p99Micros),
        median(results, LoadResult::p999Micros),
        median(results, LoadResult::maxMicros),
        median(results, LoadResult::serverCpuMicros),
        median(results, LoadResult::driverCpuMicros));
  }

  private static double median(List<LoadResult> results, ToDoubleFunction<LoadResult> figure) {
    double[] sorted = sorted(results, figure);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static double[] sorted(List<LoadResult> results, ToDoubleFunction<LoadResult> figure) {
    return results.stream().mapToDouble(figure).sorted().toArray();
  }

  private static String time(double micros) {
    if (micros < 0) {
      return "?";
    }
    return micros < 1000
        ? String.format(Locale.ROOT, "%.1f us", micros)
        : String.format(Locale.ROOT, "%.1f ms", micros / 1000);
  }
}
