package dev.topics.engine.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.index.IdempotencyWindow.Remembered;
import org.junit.jupiter.api.Test;

/// Keys are remembered for a window of time, in bounded memory (semantics §10).
final class IdempotencyWindowTest {
  private final IdempotencyWindow window = new IdempotencyWindow();

  private static Remembered key(int number, long ts) {
    return new Remembered("k" + number, number, 1, ts);
  }

  @Test
  void aKeyIsRememberedUpToTheEndOfTheWindow() {
    window.remember(key(1, 1000));
    assertThat(window.find("k1", 1050, 50)).isEqualTo(key(1, 1000));
    assertThat(window.find("k1", 1051, 50)).isNull();
    assertThat(window.size()).isZero();
  }

  @Test
  void beyondTheBoundTheOldestKeysAreForgotten() {
    int last = IdempotencyWindow.KEYS_MAX + 2;
    for (int number = 1; number <= last; number++) {
      window.remember(key(number, 1000));
    }
    assertThat(window.size()).isEqualTo(IdempotencyWindow.KEYS_MAX);
    assertThat(window.find("k2", 1000, 50)).isNull();
    assertThat(window.find("k3", 1000, 50)).isEqualTo(key(3, 1000));
    assertThat(window.find("k" + last, 1000, 50)).isEqualTo(key(last, 1000));
  }

  @Test
  void anAppendBehindARestForgetsOnlySomeOfManyKeysThatArePast() {
    int keys = 3 * IdempotencyWindow.FORGOTTEN_PER_APPEND;
    for (int number = 1; number <= keys; number++) {
      window.remember(key(number, 1000));
    }
    assertThat(window.find("k" + keys, 1051, 50)).isNull();
    assertThat(window.size()).isEqualTo(keys - IdempotencyWindow.FORGOTTEN_PER_APPEND);
  }

  @Test
  void aKeyThatIsUsedAgainOutlivesItsFirstUse() {
    int number = IdempotencyWindow.FORGOTTEN_PER_APPEND + 1;
    for (int i = 1; i <= number; i++) {
      window.remember(key(i, 1000));
    }
    assertThat(window.find("k" + number, 1051, 50)).isNull();
    window.remember(key(number, 1051));
    assertThat(window.forget(1101, 50, Integer.MAX_VALUE)).isEqualTo(1);
    assertThat(window.find("k" + number, 1101, 50)).isEqualTo(key(number, 1051));
  }

  @Test
  void anAppendOfALaterTimeForgetsNothing() {
    window.remember(key(1, 1000));
    window.remember(key(2, 5000));
    assertThat(window.find("k1", 1050, 50)).isEqualTo(key(1, 1000));
  }
}
