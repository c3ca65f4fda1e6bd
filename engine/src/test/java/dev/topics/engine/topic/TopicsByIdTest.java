package dev.topics.engine.topic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.index.GrandTotals;
import dev.topics.engine.model.TopicConfig;
import dev.topics.engine.model.TopicName;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class TopicsByIdTest {
  private static final int IDS = 500;

  private static final JobState.Factory NO_JOBS =
      _ -> {
        throw new AssertionError("no queue");
      };

  private final TopicsById topics = new TopicsById();
  private final Map<Long, Topic> model = new HashMap<>();

  @Test
  void whatComesAndGoesIsFoundAsInAMap() {
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      long id = random.nextInt(IDS);
      if (random.nextBoolean()) {
        topics.remove(id);
        model.remove(id);
      } else if (!model.containsKey(id)) {
        Topic topic = topic(id);
        topics.put(topic);
        model.put(id, topic);
      }
      Topic expected = model.get((long) random.nextInt(IDS));
      if (expected != null) {
        topics.expect(expected);
      }
      compare(random.nextInt(IDS));
    }
    for (long id = 0; id < IDS; id++) {
      compare(id);
    }
  }

  @Test
  void idsThatGrowForEverLeaveNoTrace() {
    for (long id = 1; id <= 100_000; id++) {
      topics.put(topic(id));
      topics.remove(id - 3);
    }
    assertThat(topics.get(100_000)).isNotNull();
    assertThat(topics.get(99_997)).isNull();
  }

  private void compare(long id) {
    assertThat(topics.get(id)).as("topic %d", id).isSameAs(model.get(id));
  }

  private static Topic topic(long id) {
    return new Topic(id, new TopicName("t" + id), TopicConfig.DEFAULT, new GrandTotals(), NO_JOBS);
  }
}
