package dev.topics.engine.topic;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.topics.engine.index.StateReader;
import dev.topics.engine.index.StateWriter;
import dev.topics.engine.model.InconsistentLogException;
import dev.topics.engine.router.RouterTable;
import dev.topics.engine.simulation.ManualClock;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The state in a checkpoint. What it holds is tested by recoveries.
final class CheckpointCodecTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 3, 9})
  void anUnknownVersionIsRefused(int version) throws IOException {
    StateReader in = new StateReader();
    StateWriter out = new StateWriter(in::chunk);
    out.putVersion(version);
    out.finish();
    TopicTable table =
        new TopicTable(
            new RouterTable(new ManualClock()), topic -> fail("%s has jobs", topic.name()));
    assertThatThrownBy(() -> CheckpointCodec.decode(in, table))
        .isInstanceOf(InconsistentLogException.class)
        .hasMessage("the state in it has format version %d, this program reads 1 to 2", version);
  }
}
