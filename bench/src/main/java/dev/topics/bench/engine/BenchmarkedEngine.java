package dev.topics.bench.engine;

import dev.topics.engine.Engine;
import dev.topics.engine.EngineOptions;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.PutTopicResult;
import dev.topics.engine.model.TopicName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/// An engine with its threads and its journal, on a directory of its own that goes with it.
final class BenchmarkedEngine implements AutoCloseable {
  private final Path directory;
  private final Engine engine;

  private BenchmarkedEngine(Path directory, Engine engine) {
    this.directory = directory;
    this.engine = engine;
  }

  static BenchmarkedEngine open() throws IOException {
    Path directory = Files.createTempDirectory("topics-bench-");
    return new BenchmarkedEngine(directory, Engine.open(directory, EngineOptions.defaults()));
  }

  Engine engine() {
    return engine;
  }

  TopicName newTopic(String name, Durability durability) {
    TopicName topic = new TopicName(name);
    PutTopicResult result = engine.putTopic(topic, config -> config.durability(durability)).join();
    if (!(result instanceof PutTopicResult.Put)) {
      throw new IllegalStateException("no topic: " + result);
    }
    return topic;
  }

  @Override
  public void close() throws IOException {
    engine.close();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
