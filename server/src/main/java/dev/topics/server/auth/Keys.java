package dev.topics.server.auth;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The keys of a server: those it was started with, and those of a file that may change while it
/// runs.
///
/// **Threading** [#ring] any thread; [#reload] one at a time. **Failure** a changed file that
/// cannot be read, or makes no sense, leaves the keys as they were and is told in the log.
public final class Keys {
  private static final Logger log = LoggerFactory.getLogger(Keys.class);

  private final List<Key> fixed;
  private final @Nullable Path file;
  private String fileText = "";
  private volatile KeyRing ring;

  private Keys(List<Key> fixed, @Nullable Path file, KeyRing ring) {
    this.fixed = List.copyOf(fixed);
    this.file = file;
    this.ring = ring;
  }

  /// No keys: everybody may do anything.
  public static Keys none() {
    return new Keys(List.of(), null, KeyRing.OPEN);
  }

  /// The keys of `entries`, as in `TOPICS_API_KEYS`, and those of `file`.
  ///
  /// @param entries "" for none
  /// @throws IllegalArgumentException for a malformed entry; the message shows nothing of a key
  /// @throws IOException if the file cannot be read
  public static Keys open(String entries, @Nullable Path file) throws IOException {
    if (entries.isEmpty() && file == null) {
      return none();
    }
    List<Key> fixed = entries.isEmpty() ? List.of() : KeyEntries.parse(entries);
    Keys keys = new Keys(fixed, file, KeyRing.of(fixed));
    if (file != null) {
      keys.take(KeysFile.read(file));
    }
    return keys;
  }

  private void take(String text) {
    List<Key> all = new ArrayList<>(fixed);
    all.addAll(KeysFile.parse(text));
    ring = KeyRing.of(all);
    fileText = text;
  }

  /// The keys as they are now. Another object after each change.
  public KeyRing ring() {
    return ring;
  }

  /// Looks whether the file has changed, and takes it if it has.
  ///
  /// @return whether the keys are others now
  public boolean reload() {
    if (file == null) {
      return false;
    }
    String text;
    try {
      text = KeysFile.read(file);
    } catch (IOException e) {
      log.warn("the file of keys cannot be read, the keys stay as they are: {}", e.toString());
      return false;
    }
    if (text.equals(fileText)) {
      return false;
    }
    try {
      take(text);
      log.info("took the changed file of keys: {} keys now", ring.keys().size());
      return true;
    } catch (IllegalArgumentException e) {
      fileText = text;
      log.error("the keys stay as they are: {}", e.getMessage());
      return false;
    }
  }
}
