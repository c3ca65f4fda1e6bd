package dev.topics.bench.debian;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One paragraph of a Debian control file: fields in the order given.
///
/// A value that goes on over several lines keeps its line breaks, less the blank that each further
/// line begins with.
record Stanza(Map<String, String> fields) {
  /// The next stanza of the file; null at its end.
  static @Nullable Stanza read(BufferedReader in) throws IOException {
    Map<String, String> fields = new LinkedHashMap<>();
    String name = "";
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.isEmpty()) {
        if (!fields.isEmpty()) {
          break;
        }
      } else if (line.charAt(0) == ' ' || line.charAt(0) == '\t') {
        String further = "\n" + line.substring(1);
        fields.merge(name, further, String::concat);
      } else {
        int colon = line.indexOf(':');
        if (colon < 0) {
          throw new IOException("a line that is no field: " + line);
        }
        name = line.substring(0, colon);
        fields.put(name, line.substring(colon + 1).strip());
      }
    }
    return fields.isEmpty() ? null : new Stanza(fields);
  }

  String field(String name) {
    return fields.getOrDefault(name, "");
  }
}
