package dev.topics.engine.topic;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.engine.model.InconsistentLogException;
import org.junit.jupiter.api.Test;

/// What a plan may do to a cursor is looked at before it is in the log.
final class ForwardPlanTest {
  private final ForwardPlan plan = new ForwardPlan(new StandingLane(null, null, 5), false);

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
}
