package dev.topics.engine.queue;

import dev.topics.engine.Engine;
import dev.topics.engine.model.DiffQuery;
import dev.topics.engine.model.DiffResult;
import dev.topics.engine.model.RecordSink;
import dev.topics.engine.model.TopicName;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads whole topics as a reader does.
final class DeadLetterReader {
  private static final Pattern SEQ = Pattern.compile("\\{\"\\$seq\":(\\d+),");
  private static final Pattern MOVED =
      Pattern.compile(
          "\"\\$dead_letter_deliveries\":\"(\\d+)\",\"\\$dead_letter_src_seq\":\"(\\d+)\"");

  private DeadLetterReader() {}

  /// The seqs of all records that are there.
  static Set<Long> seqs(Engine engine, TopicName topic) {
    Set<Long> seqs = new TreeSet<>();
    Matcher matcher = SEQ.matcher(text(engine, topic));
    while (matcher.find()) {
      seqs.add(Long.parseLong(matcher.group(1)));
    }
    return seqs;
  }

  /// The jobs in a dead letter, in its order: how often each was delivered, by the seq that it had.
  static Map<Long, Integer> read(Engine engine, TopicName topic) {
    Map<Long, Integer> moved = new LinkedHashMap<>();
    Matcher matcher = MOVED.matcher(text(engine, topic));
    while (matcher.find()) {
      long seq = Long.parseLong(matcher.group(2));
      if (moved.put(seq, Integer.parseInt(matcher.group(1))) != null) {
        throw new QueueTrial.Violated(seq + " is in the dead letter twice");
      }
    }
    return moved;
  }

  static String text(Engine engine, TopicName topic) {
    StringBuilder text = new StringBuilder();
    RecordSink sink =
        new RecordSink() {
          @Override
          public void write(MemorySegment source, long offset, int length) {
            byte[] bytes = source.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
            write(bytes, 0, length);
          }

          @Override
          public void write(byte[] source, int offset, int length) {
            text.append(new String(source, offset, length, StandardCharsets.UTF_8));
          }
        };
    long cursor = 0;
    while (true) {
      if (!(engine.newReader().diff(topic, DiffQuery.after(cursor), sink)
          instanceof DiffResult.Page page)) {
        throw new QueueTrial.Violated(topic + " cannot be read");
      }
      cursor = page.nextFromSeq();
      if (page.caughtUp()) {
        return text.toString();
      }
    }
  }
}
