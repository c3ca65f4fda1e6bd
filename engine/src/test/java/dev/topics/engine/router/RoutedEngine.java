package dev.topics.engine.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Engine;
import dev.topics.engine.EngineSeam;
import dev.topics.engine.json.WriteBody;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.AppendResult;
import dev.topics.engine.model.ConfigPatch;
import dev.topics.engine.model.DiffQuery;
import dev.topics.engine.model.DiffResult;
import dev.topics.engine.model.NodeFilter;
import dev.topics.engine.model.PutRouterResult;
import dev.topics.engine.model.RouterInfo;
import dev.topics.engine.model.RouterName;
import dev.topics.engine.model.RouterPatch;
import dev.topics.engine.model.RouterSource;
import dev.topics.engine.model.Tombstone;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.simulation.CollectingSink;
import dev.topics.engine.simulation.ManualClock;
import dev.topics.engine.simulation.SteppedEngine;
import dev.topics.engine.topic.RouterState;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.disk.WrappedDisk;
import dev.topics.storage.sim.Crash;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/// An engine on a simulated disk with a clock that is set, driven step by step.
final class RoutedEngine {
  final ManualClock clock = new ManualClock();
  private SimDisk disk = new SimDisk(1);
  private Engine engine;
  private Runnable beforeCheckpoint = () -> {};

  private final UnaryOperator<RouterState> between;

  RoutedEngine() {
    this(UnaryOperator.identity());
  }

  /// @param between stands between the log and the routers
  RoutedEngine(UnaryOperator<RouterState> between) {
    this.between = between;
    open();
  }

  private void open() {
    try {
      engine =
          EngineSeam.open(
              new HookedDisk(disk),
              SteppedEngine.options(clock, 64 << 10, new SplittableRandom(1)),
              between);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// What happens whenever the file of a checkpoint is made.
  void beforeCheckpoint(Runnable action) {
    beforeCheckpoint = action;
  }

  SimDisk disk() {
    return disk;
  }

  Engine engine() {
    return engine;
  }

  void crash(Crash kind) {
    disk = disk.crash(kind);
    open();
  }

  void restart() {
    try {
      engine.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    crash(Crash.PROCESS);
  }

  /// Steps until nothing more happens.
  void settle() {
    for (int i = 0; i < 1000; i++) {
      if (engine.step() == 0) {
        return;
      }
    }
    throw new AssertionError("it never ends");
  }

  <R> R await(CompletableFuture<R> answer) {
    for (int i = 0; i < 10_000 && !answer.isDone(); i++) {
      engine.step();
    }
    assertThat(answer).isDone();
    return answer.join();
  }

  void topic(String name, ConfigPatch patch) {
    await(engine.putTopic(new TopicName(name), patch));
  }

  static RouterPatch route(String source, String dest) {
    return RouterPatch.route(RouterSource.of(source), new TopicName(dest));
  }

  RouterInfo router(String name, RouterPatch patch) {
    PutRouterResult result = await(engine.putRouter(new RouterName(name), patch));
    assertThat(result).isInstanceOf(PutRouterResult.Put.class);
    return ((PutRouterResult.Put) result).router();
  }

  RouterInfo router(String name) {
    return engine.router(new RouterName(name));
  }

  /// Appends records given as JSON objects.
  void append(String topic, String... records) {
    byte[] bytes =
        ("{\"records\":[" + String.join(",", records) + "]}").getBytes(StandardCharsets.UTF_8);
    var appender = engine.newAppender();
    assertThat(appender.body().decode(bytes, 0, bytes.length))
        .isInstanceOf(WriteBody.Accepted.class);
    assertThat(await(appender.append(new TopicName(topic), AppendOptions.NONE)))
        .isInstanceOf(AppendResult.Appended.class);
  }

  /// Everything a reader gets, less times: records as they are sent, tombstones in between.
  List<String> read(String topic) {
    List<String> all = new ArrayList<>();
    long cursor = 0;
    while (true) {
      CollectingSink sink = new CollectingSink();
      DiffQuery query = new DiffQuery(cursor, 100, NodeFilter.NONE, true, true, true, 0);
      var page = (DiffResult.Page) engine.newReader().diff(new TopicName(topic), query, sink);
      Tombstone gap = page.tombstone();
      if (gap != null) {
        all.add(gap.reason() + " " + gap.gapFrom() + "-" + gap.gapTo());
      }
      if (page.records() > 0) {
        String text = sink.text().replaceAll(",\"\\$ts\":\\d+", "");
        all.addAll(List.of(text.split("(?<=\\}),(?=\\{\"\\$seq\")")));
      }
      cursor = page.nextFromSeq();
      if (page.caughtUp()) {
        return all;
      }
    }
  }

  private final class HookedDisk extends WrappedDisk {
    HookedDisk(Disk disk) {
      super(disk);
    }

    @Override
    public DiskFile create(String name) throws IOException {
      if (name.startsWith("checkpoints/")) {
        beforeCheckpoint.run();
      }
      return super.create(name);
    }
  }
}
