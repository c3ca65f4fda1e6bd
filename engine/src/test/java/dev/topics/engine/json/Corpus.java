package dev.topics.engine.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// The conformance cases in the resource files `accept.txt`, `reject.txt` and `decided.txt`.
final class Corpus {
  private static final String TIMES = " × ";

  private Corpus() {}

  /// One input and whether it is to be accepted.
  static final class Case {
    private final String name;
    private final boolean accepted;
    private final byte[] input;

    Case(String name, boolean accepted, byte[] input) {
      this.name = name;
      this.accepted = accepted;
      this.input = input;
    }

    String name() {
      return name;
    }

    boolean accepted() {
      return accepted;
    }

    byte[] input() {
      return input;
    }

    @Override
    public String toString() {
      return (accepted ? "accept " : "reject ") + name;
    }
  }

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (String line : lines("accept.txt")) {
      cases.add(parse("accept " + line));
    }
    for (String line : lines("reject.txt")) {
      cases.add(parse("reject " + line));
    }
    for (String line : lines("decided.txt")) {
      cases.add(parse(line));
    }
    return cases;
  }

  private static List<String> lines(String resource) {
    try (InputStream in = Corpus.class.getResourceAsStream(resource)) {
      String text = new String(in.readAllBytes(), UTF_8);
      return text.lines().filter(line -> !line.isEmpty() && !line.startsWith("#")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Case parse(String line) {
    int space = line.indexOf(' ');
    int colon = line.indexOf(": ");
    String verdict = line.substring(0, space);
    if (!verdict.equals("accept") && !verdict.equals("reject")) {
      throw new IllegalArgumentException(line);
    }
    byte[] input = bytes(line.substring(colon + 2));
    return new Case(line.substring(space + 1, colon), verdict.equals("accept"), input);
  }

  /// Expands `‹0D 0A›` to bytes and `‹ab × 3›` to a repetition (`␠` in it is a space).
  static byte[] bytes(String notation) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int at = 0;
    while (at < notation.length()) {
      int open = notation.indexOf('‹', at);
      int textEnd = open < 0 ? notation.length() : open;
      bytes.writeBytes(notation.substring(at, textEnd).getBytes(UTF_8));
      if (open < 0) {
        break;
      }
      int close = notation.indexOf('›', open);
      bytes.writeBytes(special(notation.substring(open + 1, close)));
      at = close + 1;
    }
    return bytes.toByteArray();
  }

  private static byte[] special(String inside) {
    int times = inside.lastIndexOf(TIMES);
    if (times < 0) {
      return HexFormat.of().parseHex(inside.replace(" ", ""));
    }
    int count = Integer.parseInt(inside.substring(times + TIMES.length()));
    String repeated = inside.substring(0, times);
    return repeated.replace('␠', ' ').repeat(count).getBytes(UTF_8);
  }
}
