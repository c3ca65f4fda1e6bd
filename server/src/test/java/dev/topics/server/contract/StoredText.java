package dev.topics.server.contract;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// What records left in the files of a server.
final class StoredText {
  private StoredText() {}

  /// Changes one bit of `text`, wherever below `directory` it is stored.
  static void flip(Path directory, String text) throws IOException {
    byte[] wanted = text.getBytes(StandardCharsets.US_ASCII);
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String content = Files.readString(file, StandardCharsets.ISO_8859_1);
        int at = content.indexOf(text);
        if (at >= 0) {
          try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(at);
            bytes.write(wanted[0] ^ 1);
          }
          return;
        }
      }
    }
    throw new AssertionError(text + " is in no file");
  }
}
