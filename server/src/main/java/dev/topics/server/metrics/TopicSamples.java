package dev.topics.server.metrics;

import dev.topics.engine.model.QueueCounts;
import dev.topics.engine.model.TopicPage;
import dev.topics.engine.model.TopicState;
import java.util.List;
import java.util.function.ToLongFunction;

/// What a scrape says of single topics, written out anew each time: which topics there are differs
/// from scrape to scrape, and from client to client.
///
/// Names of topics have no character that a label would have to escape.
final class TopicSamples {
  private final StringBuilder out;

  TopicSamples(StringBuilder out) {
    this.out = out;
  }

  /// Writes the gauges of `page`.
  void write(TopicPage page) {
    family("topics_topic_metrics_truncated", "1 if there are more topics than are shown by name");
    out.append("topics_topic_metrics_truncated ").append(page.more() ? "1.0" : "0.0").append('\n');
    List<TopicState> all = page.topics();
    gauge("head_seq", "The highest seq of a topic", all, TopicState::headSeq);
    gauge("earliest_seq", "The seq of its first live record", all, TopicState::earliestSeq);
    gauge("records_live", "Its live records", all, TopicState::count);
    gauge("bytes_live", "Their data and meta in bytes", all, TopicState::bytes);
    List<TopicState> queues = all.stream().filter(topic -> topic.queue() != null).toList();
    gauge("queue_ready", "Jobs that may be claimed", queues, topic -> counts(topic).ready());
    gauge("queue_in_flight", "Jobs under a lease", queues, topic -> counts(topic).inFlight());
  }

  private static QueueCounts counts(TopicState queue) {
    QueueCounts counts = queue.queue();
    if (counts == null) {
      throw new IllegalArgumentException(queue.topic() + " is no queue");
    }
    return counts;
  }

  private void gauge(
      String name, String help, List<TopicState> topics, ToLongFunction<TopicState> value) {
    if (topics.isEmpty()) {
      return;
    }
    String family = "topics_topic_" + name;
    family(family, help);
    for (TopicState topic : topics) {
      out.append(family).append("{topic=\"").append(topic.topic().value()).append("\"} ");
      out.append(value.applyAsLong(topic)).append('\n');
    }
  }

  private void family(String name, String help) {
    out.append("# HELP ").append(name).append(' ').append(help).append('\n');
    out.append("# TYPE ").append(name).append(" gauge\n");
  }
}
