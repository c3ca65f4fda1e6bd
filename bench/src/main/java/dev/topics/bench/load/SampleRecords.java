package dev.topics.bench.load;

import java.util.StringJoiner;

/// Records like an order system's: a small object with a text, two numbers and a flag.
public final class SampleRecords {
  private SampleRecords() {}

  /// A JSON object of exactly `bytes` bytes.
  static String data(int index, int bytes) {
    String start =
        "{\"order\":%d,\"sku\":\"A-%04d\",\"price\":12.50,\"paid\":true,\"note\":\""
            .formatted(1_000_000 + index, index % 10_000);
    int filler = bytes - start.length() - 2;
    if (filler < 0) {
      throw new IllegalArgumentException("a record has at least " + (bytes - filler) + " bytes");
    }
    return start + "abcdefghij".repeat(filler / 10 + 1).substring(0, filler) + "\"}";
  }

  /// The body of a write of `count` such records.
  public static String batch(int count, int bytes) {
    StringJoiner records = new StringJoiner(",", "{\"records\":[", "]}");
    for (int i = 0; i < count; i++) {
      records.add("{\"data\":" + data(i, bytes) + "}");
    }
    return records.toString();
  }
}
