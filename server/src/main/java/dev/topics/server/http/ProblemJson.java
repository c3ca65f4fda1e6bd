package dev.topics.server.http;

import java.util.List;
import java.util.Map;

/// The JSON of a [Problem]: `{"error": {"code", "message", "detail"}, "performance": {…}}`.
final class ProblemJson {
  private ProblemJson() {}

  static ByteOutput write(Problem problem, long elapsedNanos, ByteOutput out) {
    out.ascii("{\"error\":{\"code\":").string(problem.code().wireName());
    out.ascii(",\"message\":").string(problem.message()).ascii(",\"detail\":");
    detail(problem, out).ascii("},\"performance\":{\"server_total_ms\":").millis(elapsedNanos);
    return out.ascii("}}");
  }

  static ByteOutput detail(Problem problem, ByteOutput out) {
    out.ascii("{");
    String separator = "";
    for (Map.Entry<String, Object> field : problem.detail().entrySet()) {
      out.ascii(separator).string(field.getKey()).ascii(":");
      value(field.getValue(), out);
      separator = ",";
    }
    return out.ascii("}");
  }

  static void value(Object value, ByteOutput out) {
    if (value instanceof Number || value instanceof Boolean) {
      out.ascii(value.toString());
    } else if (value instanceof List<?> list) {
      String separator = "[";
      for (Object item : list) {
        out.ascii(separator);
        value(item, out);
        separator = ",";
      }
      out.ascii(list.isEmpty() ? "[]" : "]");
    } else {
      out.string(value.toString());
    }
  }
}
