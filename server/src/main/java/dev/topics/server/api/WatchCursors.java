package dev.topics.server.api;

import dev.topics.engine.watch.Watch;
import dev.topics.engine.watch.WatchedTopic;
import dev.topics.server.http.ByteOutput;
import dev.topics.server.http.Exchange;
import dev.topics.server.http.Problem;
import dev.topics.server.http.Rejected;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The ids of events (http-api §6.4): base64url of the JSON map of all cursors of a watch.
final class WatchCursors {
  private WatchCursors() {}

  /// Appends the id of `watch` as it is now. `scratch` is overwritten.
  static void write(Watch watch, ByteOutput scratch, ByteOutput out) {
    scratch.clear();
    List<WatchedTopic> topics = watch.topics();
    char separator = '{';
    for (int i = 0; i < topics.size(); i++) {
      WatchedTopic topic = topics.get(i);
      if (!topic.isEnded()) {
        scratch.write(separator);
        scratch.write('"');
        scratch.ascii(topic.name()).ascii("\":").number(topic.cursor());
        separator = ',';
      }
    }
    out.base64Url(scratch.ascii(separator == '{' ? "{}" : "}"));
  }

  /// The cursors in an id.
  static Map<String, Long> read(Exchange exchange, String id) {
    Map<String, Long> cursors = new HashMap<>();
    try {
      byte[] json = Base64.getUrlDecoder().decode(id);
      Fields.read(
          exchange,
          json,
          0,
          json.length,
          fields -> {
            String topic = fields.name();
            cursors.put(topic, fields.unsigned());
          });
    } catch (IllegalArgumentException | Rejected e) {
      throw invalid();
    }
    return cursors;
  }

  private static Rejected invalid() {
    return Problem.invalid(
            "Last-Event-ID is not the id of an event of this server; leave it out to go on"
                + " where the session is")
        .rejected();
  }
}
