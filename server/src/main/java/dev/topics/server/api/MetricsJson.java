package dev.topics.server.api;

import tools.jackson.core.JsonGenerator;

/// Metrics as JSON: what the Prometheus text says, a field for each sample, named with its labels.
final class MetricsJson {
  private MetricsJson() {}

  static void write(String prometheus, JsonGenerator json) {
    prometheus
        .lines()
        .filter(line -> !line.isEmpty() && line.charAt(0) != '#')
        .forEach(line -> sample(line, json));
  }

  private static void sample(String line, JsonGenerator json) {
    int space = line.indexOf(' ', Math.max(0, line.lastIndexOf('}')));
    double value = number(line.substring(space + 1));
    json.writeName(line.substring(0, space));
    if (value == Math.rint(value) && Math.abs(value) < 1L << 53) {
      json.writeNumber((long) value);
    } else if (Double.isFinite(value)) {
      json.writeNumber(value);
    } else {
      json.writeNull();
    }
  }

  private static double number(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }
}
