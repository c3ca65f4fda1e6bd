package dev.topics.bench.storage;

import dev.topics.engine.Engine;
import dev.topics.engine.EngineOptions;
import dev.topics.engine.json.WriteBody;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.AppendResult;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.PutTopicResult;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.topic.Appender;
import dev.topics.storage.StoreOptions;
import dev.topics.storage.pack.PackOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/// An engine in this JVM on a directory of its own, which goes with it.
///
/// **Threading** One thread.
final class StorageRig implements AutoCloseable {
  private static final int FILLER_BYTES = 1000;
  private static final int FILLER_RECORDS = 1000;
  private static final long LOOK_MILLIS = 1600;

  private final Path directory;
  private final int journalFileBytes;
  private final PackOptions packs;
  private Engine engine;
  private Appender appender;
  private boolean closed;

  private StorageRig(Path directory, int journalFileBytes, PackOptions packs) throws IOException {
    this.directory = directory;
    this.journalFileBytes = journalFileBytes;
    this.packs = packs;
    engine = open(true);
    appender = engine.newAppender();
  }

  static StorageRig open(StorageOptions options) throws IOException {
    return open(options, options.journalFileBytes());
  }

  /// The same with files of the journal of another size.
  static StorageRig open(StorageOptions options, int journalFileBytes) throws IOException {
    return new StorageRig(options.newDirectory(), journalFileBytes, options.packs());
  }

  private Engine open(boolean background) throws IOException {
    return Engine.open(
        directory, options(journalFileBytes).withPacks(packs).withBackground(background));
  }

  static EngineOptions options(int journalFileBytes) {
    return EngineOptions.defaults()
        .withStore(StoreOptions.defaults().withJournalFileBytes(journalFileBytes));
  }

  Path directory() {
    return directory;
  }

  int journalFileBytes() {
    return journalFileBytes;
  }

  Engine engine() {
    return engine;
  }

  /// Closes the engine and opens it again, with the threads of the background or without.
  void reopen(boolean background) throws IOException {
    closeEngine();
    engine = open(background);
    closed = false;
    appender = engine.newAppender();
  }

  TopicName newTopic(String name, Durability durability) {
    TopicName topic = new TopicName(name);
    PutTopicResult result = engine.putTopic(topic, config -> config.durability(durability)).join();
    if (!(result instanceof PutTopicResult.Put)) {
      throw new IllegalStateException("no topic: " + result);
    }
    return topic;
  }

  /// Sets the body of the writes that follow.
  void body(String json) {
    body(appender, json);
  }

  static void body(Appender appender, String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    if (!(appender.body().decode(bytes, 0, bytes.length) instanceof WriteBody.Accepted)) {
      throw new IllegalStateException("not a write: " + json);
    }
  }

  /// Appends the body.
  CompletableFuture<AppendResult> send(TopicName topic) {
    return appender.append(topic, AppendOptions.NONE);
  }

  /// Appends the body and waits; returns the first seq.
  long append(TopicName topic) {
    AppendResult result = send(topic).join();
    if (!(result instanceof AppendResult.Appended appended)) {
      throw new IllegalStateException("not appended: " + result);
    }
    return appended.firstSeq();
  }

  /// Appends bodies of `batch` records until there are `records`.
  void fill(TopicName topic, long records, int batch) {
    for (long filled = 0; filled < records; filled += batch) {
      append(topic);
    }
  }

  /// Writes more than two files of the journal to another topic, and waits until what was written
  /// before is in packs.
  void pack() throws IOException, InterruptedException {
    TopicName filler = newTopic("filler", Durability.DISK);
    int records = Math.min(FILLER_RECORDS, Math.max(1, journalFileBytes / 4 / FILLER_BYTES));
    body(Bodies.records(records, FILLER_BYTES));
    long bytes = 0;
    while (bytes < journalFileBytes * 9L / 4) {
      append(filler);
      bytes += (long) records * FILLER_BYTES;
    }
    settle();
  }

  /// Waits until no file comes, goes or grows any more.
  void settle() throws InterruptedException {
    long before = -1;
    for (long sum = footprint(); sum != before; sum = footprint()) {
      before = sum;
      Thread.sleep(LOOK_MILLIS);
    }
  }

  private long footprint() {
    return bytesOnDisk() + 31 * engine.stats().packs().written();
  }

  /// Bytes of all files.
  long bytesOnDisk() {
    return bytesBelow(directory);
  }

  private static long bytesBelow(Path path) {
    if (!Files.isDirectory(path)) {
      return path.toFile().length();
    }
    try (Stream<Path> paths = Files.list(path)) {
      return paths.mapToLong(StorageRig::bytesBelow).sum();
    } catch (IOException goneMeanwhile) {
      return 0;
    }
  }

  /// Bytes of the files of packs.
  long bytesOfPacks() {
    return bytesBelow(directory.resolve("packs"));
  }

  /// Closes the engine and leaves the directory.
  void closeEngine() throws IOException {
    if (!closed) {
      closed = true;
      engine.close();
    }
  }

  @Override
  public void close() throws IOException {
    closeEngine();
    remove(directory);
  }

  static void remove(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
