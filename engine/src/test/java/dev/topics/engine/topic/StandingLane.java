package dev.topics.engine.topic;

import dev.topics.engine.model.RouterConfig;
import dev.topics.engine.model.RouterInfo;
import dev.topics.engine.model.RouterName;
import dev.topics.engine.model.RouterPatch;
import dev.topics.engine.model.RouterSource;
import dev.topics.engine.model.TopicName;

/// A lane without a router, which goes on to nowhere and has no reason to stand still.
public record StandingLane(Topic source, Topic destination, long cursor) implements ForwardLane {
  @Override
  public int router() {
    return 1;
  }

  @Override
  public RouterConfig config() {
    return RouterPatch.route(RouterSource.of("a"), new TopicName("b"))
        .appliedTo(new RouterName("r"), null);
  }

  @Override
  public boolean isCurrent() {
    return true;
  }

  @Override
  public int hops(long seq) {
    return 0;
  }

  @Override
  public long lastWithSameHops(long seq) {
    return Long.MAX_VALUE;
  }

  @Override
  public void block(RouterInfo.Reason reason, Topic topic, long first, long last) {
    throw new AssertionError(reason);
  }
}
