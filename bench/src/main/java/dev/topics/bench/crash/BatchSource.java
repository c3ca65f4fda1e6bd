package dev.topics.bench.crash;

import dev.topics.bench.remote.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Makes up what one writer sends: batches of any size, records that no other record equals.
final class BatchSource {
  private static final int SMALL_MAX = 20;
  private static final int MIDDLE_MAX = 200;
  private static final int LARGE_MAX = 1000;
  private static final int TEXT_MAX = 300;
  private static final String[] WORDS = {
    "plain",
    "Größe",
    "naïve",
    "Привет",
    "日本語",
    "🦊",
    "\\\"quoted\\\"",
    "back\\\\slash",
    "\\u00e9",
    "line\\n",
    "}]",
    "[{"
  };

  private final String writer;
  private final SplittableRandom random;
  private long batches;

  BatchSource(String writer, SplittableRandom random) {
    this.writer = writer;
    this.random = random;
  }

  Batch next(CrashTopic topic) {
    String key = writer + "-" + batches++;
    int size = size();
    List<SentRecord> records = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      records.add(record(key + "-" + i));
    }
    return new Batch(topic.name(), key, records);
  }

  private int size() {
    int dice = random.nextInt(1000);
    if (dice < 550) {
      return 1;
    }
    if (dice < 900) {
      return random.nextInt(2, SMALL_MAX);
    }
    return random.nextInt(SMALL_MAX, dice < 995 ? MIDDLE_MAX : LARGE_MAX);
  }

  private SentRecord record(String id) {
    int shape = random.nextInt(8);
    Bytes node = shape == 1 ? Bytes.utf8("\"node-" + writer + "\"") : Bytes.NONE;
    Bytes tag = shape <= 2 ? Bytes.utf8("\"tag-" + random.nextInt(50) + "\"") : Bytes.NONE;
    Bytes meta = shape == 3 ? Bytes.utf8("{\"trace\":\"" + id + "\",\"n\":[1,null]}") : Bytes.NONE;
    return new SentRecord(node, tag, meta, Bytes.utf8(data(id)));
  }

  private String data(String id) {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(random.nextInt(TEXT_MAX) + 1);
    while (text.length() < length) {
      text.append(WORDS[random.nextInt(WORDS.length)]).append(' ');
    }
    return "{\"id\":\"%s\",\"n\":12345678901234567890.10,\"text\":\"%s\",\"f\":[true,-0,1E+3]}"
        .formatted(id, text);
  }
}
