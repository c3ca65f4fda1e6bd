package dev.topics.bench.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.SplittableRandom;

/// The kinds of write bodies that are measured.
public enum WriteBodies {
  /// Records of 120 bytes: a small object, a tag, a node.
  RECORDS {
    @Override
    void appendRecord(StringBuilder body, SplittableRandom random) {
      int id = random.nextInt(10_000, 100_000);
      body.append("{\"data\":{\"sku\":\"A-").append(id);
      body.append("\",\"qty\":").append(random.nextInt(1, 100));
      body.append(",\"price\":").append(random.nextInt(1, 1000)).append(".95");
      body.append(",\"city\":\"").append(pick(CITIES, random));
      body.append("\",\"paid\":").append(random.nextBoolean()).append("},\"tag\":\"order-");
      body.append(id).append("\",\"node\":\"eu-").append(random.nextInt(1, 4)).append("\"}");
    }
  },

  /// The same, written with a space behind each colon and comma.
  SPACED {
    @Override
    void appendRecord(StringBuilder body, SplittableRandom random) {
      int start = body.length();
      RECORDS.appendRecord(body, random);
      String spaced = body.substring(start).replace(":", ": ").replace(",", ", ");
      body.replace(start, body.length(), spaced);
    }
  },

  /// Records with 1 KB of English.
  TEXTS {
    @Override
    void appendRecord(StringBuilder body, SplittableRandom random) {
      appendText(body, ENGLISH, random);
    }
  },

  /// Records with 1 KB of text beyond ASCII.
  WORLD_TEXTS {
    @Override
    void appendRecord(StringBuilder body, SplittableRandom random) {
      appendText(body, WORLD, random);
    }
  },

  /// Records with 40 numbers.
  NUMBERS {
    @Override
    void appendRecord(StringBuilder body, SplittableRandom random) {
      body.append("{\"data\":[").append(random.nextInt());
      for (int i = 0; i < 39; i++) {
        body.append(',');
        switch (random.nextInt(3)) {
          case 0 -> body.append(random.nextInt(1000));
          case 1 -> body.append(random.nextInt(-1000, 1000)).append('.').append(i);
          default -> body.append(random.nextDouble());
        }
      }
      body.append("]}");
    }
  };

  private static final String[] CITIES = {"Rome", "Oslo", "Berlin", "Vladivostok", "Lima", "Cairo"};
  private static final String[] ENGLISH = {
    "the ", "of ", "records ", "are ", "kept ", "in ", "order, ", "until ", "somebody ", "asks. "
  };
  private static final String[] WORLD = {
    "записи ", "хранятся ", "по порядку, ", "記録は", "順番に", "保存される。", "données ", "übertragen "
  };
  private static final int TEXT_BYTES = 1000;

  abstract void appendRecord(StringBuilder body, SplittableRandom random);

  /// A whole body; the same each time.
  byte[] body(int records) {
    SplittableRandom random = new SplittableRandom(records);
    StringBuilder body = new StringBuilder("{\"records\":[");
    for (int i = 0; i < records; i++) {
      body.append(i == 0 ? "" : ",");
      appendRecord(body, random);
    }
    return body.append("]}").toString().getBytes(UTF_8);
  }

  private static void appendText(StringBuilder body, String[] words, SplittableRandom random) {
    body.append("{\"data\":{\"text\":\"");
    int bytes = 0;
    while (bytes < TEXT_BYTES) {
      String word = pick(words, random);
      body.append(word);
      bytes += word.getBytes(UTF_8).length;
    }
    body.append("\"}}");
  }

  private static String pick(String[] of, SplittableRandom random) {
    return of[random.nextInt(of.length)];
  }
}
