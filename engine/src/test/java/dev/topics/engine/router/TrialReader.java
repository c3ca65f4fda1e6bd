package dev.topics.engine.router;

import dev.topics.engine.Engine;
import dev.topics.engine.model.DiffQuery;
import dev.topics.engine.model.DiffResult;
import dev.topics.engine.model.NodeFilter;
import dev.topics.engine.model.Tombstone;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.simulation.CollectingSink;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads whole topics, as anybody may, into what is remembered of them.
final class TrialReader {
  private static final Pattern RECORD =
      Pattern.compile(
          "\\{\"\\$seq\":(\\d+),\"\\$ts\":\\d+(?:,\"\\$tag\":\"([^\"]*)\")?,\"data\":(\\d+)"
              + "(?:,\"meta\":\\{\"_topics_router\":\\{\"router\":\"([^\"]*)\","
              + "\"source\":\"([^\"]*)\",\"seq\":(\\d+)\\}\\})?\\}");
  private static final int PAGE = 50;

  private TrialReader() {}

  /// Looks at all that `topic` holds.
  ///
  /// @return false if it cannot be read; whatever was seen of it is forgotten
  static boolean look(Engine engine, TopicMemory topic) {
    topic.startLook();
    TopicName name = new TopicName(topic.name());
    long cursor = 0;
    while (true) {
      CollectingSink sink = new CollectingSink();
      DiffQuery query = new DiffQuery(cursor, PAGE, NodeFilter.NONE, true, true, true, 0);
      if (!(engine.newReader().diff(name, query, sink) instanceof DiffResult.Page page)) {
        return false;
      }
      Tombstone gap = page.tombstone();
      if (gap != null) {
        topic.sawGap(new TopicMemory.Gap(gap.gapFrom(), gap.gapTo(), String.valueOf(gap.reason())));
      }
      int found = records(sink.text(), topic);
      RouteOracle.require(found == page.records(), "%s: garbled: %s", name, sink.text());
      cursor = page.nextFromSeq();
      if (page.caughtUp()) {
        topic.endLook(page.headSeq());
        return true;
      }
    }
  }

  private static int records(String text, TopicMemory topic) {
    Matcher records = RECORD.matcher(text);
    int found = 0;
    while (records.find()) {
      String tag = records.group(2);
      boolean stamped = records.group(4) != null;
      topic.sawRecord(
          Long.parseLong(records.group(1)),
          new TopicMemory.Shown(
              Long.parseLong(records.group(3)),
              tag == null ? "" : tag,
              stamped ? records.group(4) : "",
              stamped ? records.group(5) : "",
              stamped ? Long.parseLong(records.group(6)) : 0));
      found++;
    }
    return found;
  }
}
