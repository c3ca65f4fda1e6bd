package dev.topics.engine.topic;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.engine.model.RouterConfig;
import dev.topics.engine.model.RouterInfo;
import dev.topics.engine.model.RouterName;
import dev.topics.engine.model.RouterPatch;
import dev.topics.engine.model.RouterSource;
import dev.topics.engine.model.TopicName;
import org.junit.jupiter.api.Test;

/// What a plan may do to a cursor is looked at before it is in the log.
final class ForwardPlanTest {
  private final ForwardPlan plan = new ForwardPlan(new StandingLane(), false);

  @Test
  void aCursorGoesToTheHeadOfItsSourceAndNoFurther() {
    plan.passTo(8);
    plan.check(8);

    assertThatThrownBy(() -> plan.check(7))
        .isInstanceOf(InconsistentLogException.class)
        .hasMessageContaining("its cursor would go from 5 to 8, readers are at 7");
  }

  @Test
  void aCursorStaysBehindNoMoveAndGoesBackForNone() {
    plan.add(new ForwardPlan.Lost(2, 1, 7));
    plan.add(new ForwardPlan.Lost(1, 1, 7));

    assertThatThrownBy(() -> plan.check(9)).hasMessageContaining("from 7 to 7");
  }

  @Test
  void aPlanWithoutMovesHasToPassSomething() {
    plan.passTo(4);

    assertThatThrownBy(() -> plan.check(9)).hasMessageContaining("from 5 to 4");
  }

  private static final class StandingLane implements ForwardLane {
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
    public Topic source() {
      throw new AssertionError();
    }

    @Override
    public Topic destination() {
      throw new AssertionError();
    }

    @Override
    public long cursor() {
      return 5;
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
    public void block(RouterInfo.Reason reason, Topic topic, long first, long last) {}
  }
}
