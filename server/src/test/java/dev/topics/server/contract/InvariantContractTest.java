package dev.topics.server.contract;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// semantics §3, the invariant that everything else serves: a loss that nobody asked for is told
/// with its exact range, a removal that somebody asked for is silent, and all else is there.
class InvariantContractTest {
  private static final int STEPS = 120;

  @RegisterExtension static final ContractServer server = new ContractServer();

  @BeforeAll
  static void freezeTime() {
    server.clock().freeze();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void everySeqIsDeliveredOrItsLossIsToldOrItWasDeleted(long seed) {
    LifeOfATopic life = new LifeOfATopic(server, seed);
    for (int step = 0; step < STEPS; step++) {
      life.step();
      life.check();
    }
  }
}
