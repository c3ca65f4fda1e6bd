package dev.topics.engine.queue;

import static dev.topics.engine.queue.QueueTrial.require;

import dev.topics.engine.Engine;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.topic.Door;
import dev.topics.engine.topic.JobState;
import dev.topics.engine.topic.Topic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Judges the pictures that checkpoints take of a queue: each holds all there is, and stays what it
/// was whatever happens to the queue afterwards.
final class JobPictures {
  private JobState.Image earlier = () -> new byte[0];
  private byte[] earlierBytes = {};

  void check(Engine engine, TopicName queue) {
    require(Arrays.equals(bytes(earlier), earlierBytes), "a picture of the past has changed");
    Door door = engine.queues().door();
    boolean same =
        door.locked(() -> {
          Topic topic = door.find(queue);
          Jobs jobs = (Jobs) topic.jobs();
          earlier = jobs.image();
          earlierBytes = bytes(earlier);
          Jobs copy = new Jobs(topic, door.clock(), new Signals(), new QueueMeter());
          copy.decode(MemorySegment.ofArray(earlierBytes), 0, earlierBytes.length);
          return Arrays.equals(earlierBytes, bytes(copy.image()))
              && copy.counts(0).equals(jobs.counts(0));
        });
    require(same, "another queue came out of its image");
  }

  private static byte[] bytes(JobState.Image image) {
    try {
      return image.encode();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
