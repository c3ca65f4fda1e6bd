package dev.topics.engine.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Makes inputs out of a seed: write bodies and other JSON, most of them damaged a little.
final class FuzzedBodies {
  private static final String[] BATCH_KEYS = {
    "records",
    "node",
    "idempotency_key",
    "create",
    "config",
    "disable_backpressure",
    "other",
    "",
    "r\\u0065cords",
    "n\\u006fde"
  };
  private static final String[] RECORD_KEYS = {
    "data", "data", "data", "tag", "node", "meta", "dat", "Data", "d\\u0061ta", "m\\u0065ta", "tags"
  };
  private static final String[] STRING_PARTS = {
    "a",
    "bc",
    "sku-1",
    " ",
    "0123456789",
    "abcdefgh",
    "é",
    "ключ",
    "€",
    "世界",
    "😀",
    "\\n",
    "\\\"",
    "\\\\",
    "\\/",
    "\\u0041",
    "\\u00e9",
    "\\ud83d\\ude00",
    "\\u001f",
    "\\ud800",
    "\\udc00",
    "{",
    "]",
    ",",
    ":",
    "\u007f"
  };
  private static final String[] NUMBERS = {
    "0",
    "-0",
    "1",
    "17",
    "-5",
    "3.25",
    "1e9",
    "-2.5E-10",
    "12345678",
    "123456789012",
    "0.0",
    "12345678901234567890123",
    "1748450001000"
  };
  private static final String[] LITERALS = {"true", "false", "null"};
  private static final String[] SPACES = {" ", "  ", "\n", "\t", "\r\n", " \n\t\r", "        "};
  private static final String[] TOKENS = {
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\u",
    "null",
    "true",
    "fals",
    "-",
    ".",
    "e",
    "E+",
    "0",
    "1",
    "\"\"",
    "{}",
    "[]",
    "\"data\":",
    "\"records\":",
    "//",
    "'",
    " "
  };
  private static final int[] BYTES = {
    0, 1, 0x1F, ' ', '"', '\\', '/', '0', '9', ':', 'e', '{', '}', 0x7F, 0x80, 0xBF, 0xC0, 0xC2,
    0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xF5, 0xFF
  };

  private final List<Corpus.Case> corpus =
      Corpus.cases().stream().filter(c -> c.input().length < 1000).toList();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private SplittableRandom random = new SplittableRandom(0);
  private int spacing;

  byte[] next(long seed) {
    random = new SplittableRandom(seed);
    out.reset();
    spacing = random.nextInt(3) == 0 ? 3 : 0;
    int kind = random.nextInt(10);
    if (kind < 7) {
      writeBatch();
    } else if (kind < 9) {
      writeValue(0);
    } else {
      out.writeBytes(corpus.get(random.nextInt(corpus.size())).input());
    }
    byte[] body = out.toByteArray();
    for (int n = random.nextInt(4); n > 1; n--) {
      body = mutate(body);
    }
    return body;
  }

  private void writeBatch() {
    open('{');
    int members = random.nextInt(5);
    for (int i = 0; i < members; i++) {
      if (random.nextInt(3) == 0) {
        writeKey(pick(BATCH_KEYS));
        writeFieldValue();
        comma();
      }
    }
    writeKey("records");
    open('[');
    int records = random.nextInt(20) == 0 ? 0 : 1 + random.nextInt(4);
    for (int i = 0; i < records; i++) {
      if (i > 0) {
        comma();
      }
      writeRecord();
    }
    close(']');
    if (random.nextInt(3) == 0) {
      comma();
      writeKey(pick(BATCH_KEYS));
      writeFieldValue();
    }
    close('}');
  }

  private void writeRecord() {
    open('{');
    int others = random.nextInt(4);
    int data = random.nextInt(20) == 0 ? -1 : random.nextInt(others + 1);
    for (int i = 0; i <= others; i++) {
      if (i > 0) {
        comma();
      }
      if (i == data) {
        writeKey("data");
        writeValue(0);
      } else {
        writeKey(pick(RECORD_KEYS));
        writeFieldValue();
      }
    }
    close('}');
  }

  /// Mostly a string, an object or null, as most fields want it.
  private void writeFieldValue() {
    switch (random.nextInt(10)) {
      case 0, 1, 2, 3 -> writeString();
      case 4, 5 -> writeObject(2);
      case 6 -> text("null");
      case 7 -> text(pick(LITERALS));
      default -> writeValue(1);
    }
  }

  private void writeValue(int depth) {
    switch (random.nextInt(depth < 4 ? 8 : 5)) {
      case 0, 1 -> writeString();
      case 2, 3 -> text(pick(NUMBERS));
      case 4 -> text(pick(LITERALS));
      case 5, 6 -> writeObject(depth + 1);
      default -> writeArray(depth + 1);
    }
  }

  private void writeObject(int depth) {
    open('{');
    int members = random.nextInt(4);
    for (int i = 0; i < members; i++) {
      if (i > 0) {
        comma();
      }
      writeKey(random.nextInt(4) == 0 ? pick(RECORD_KEYS) : pick(STRING_PARTS));
      writeValue(depth);
    }
    close('}');
  }

  private void writeArray(int depth) {
    open('[');
    int elements = random.nextInt(4);
    for (int i = 0; i < elements; i++) {
      if (i > 0) {
        comma();
      }
      writeValue(depth);
    }
    close(']');
  }

  private void writeString() {
    text("\"");
    int parts = random.nextInt(4);
    for (int i = 0; i < parts; i++) {
      text(pick(STRING_PARTS));
    }
    text("\"");
  }

  private void writeKey(String raw) {
    text("\"" + raw + "\"");
    space();
    text(":");
    space();
  }

  private void open(char bracket) {
    out.write(bracket);
    space();
  }

  private void close(char bracket) {
    space();
    out.write(bracket);
  }

  private void comma() {
    space();
    out.write(',');
    space();
  }

  private void space() {
    if (spacing > 0 && random.nextInt(spacing) == 0) {
      text(pick(SPACES));
    }
  }

  private void text(String text) {
    out.writeBytes(text.getBytes(UTF_8));
  }

  private String pick(String[] of) {
    return of[random.nextInt(of.length)];
  }

  private byte[] mutate(byte[] body) {
    int at = random.nextInt(body.length + 1);
    int to = Math.min(body.length, at + 1 + random.nextInt(3));
    return switch (random.nextInt(9)) {
      case 0 -> splice(body, at, to, new byte[0]);
      case 1 -> splice(body, at, at, pick(TOKENS).getBytes(UTF_8));
      case 2 -> splice(body, at, to, pick(TOKENS).getBytes(UTF_8));
      case 3 -> splice(body, at, at, someByte());
      case 4 -> splice(body, at, Math.min(body.length, at + 1), someByte());
      case 5 -> splice(body, at, body.length, new byte[0]);
      case 6 -> splice(body, at, at, Arrays.copyOfRange(body, at, to));
      case 7 -> flipBit(body, at);
      default -> splice(body, at, at, corpus.get(random.nextInt(corpus.size())).input());
    };
  }

  private byte[] someByte() {
    int b = random.nextBoolean() ? BYTES[random.nextInt(BYTES.length)] : random.nextInt(0x100);
    return new byte[] {(byte) b};
  }

  private byte[] flipBit(byte[] body, int at) {
    byte[] flipped = body.clone();
    if (at < body.length) {
      flipped[at] ^= (byte) (1 << random.nextInt(8));
    }
    return flipped;
  }

  private static byte[] splice(byte[] body, int from, int to, byte[] inserted) {
    byte[] result = new byte[from + inserted.length + body.length - to];
    System.arraycopy(body, 0, result, 0, from);
    System.arraycopy(inserted, 0, result, from, inserted.length);
    System.arraycopy(body, to, result, from + inserted.length, body.length - to);
    return result;
  }
}
