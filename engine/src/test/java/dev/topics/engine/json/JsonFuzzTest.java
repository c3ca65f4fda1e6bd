package dev.topics.engine.json;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A million bodies, each judged by the scanner, by Jackson, by [WriteBody] and by its model.
///
/// A failure names the seed of its one body. `-Dtopics.fuzz.seed` starts at another seed,
/// `-Dtopics.fuzz.bodies` takes more or fewer.
class JsonFuzzTest {
  private static final long SEED = Long.getLong("topics.fuzz.seed", 20_260_101);
  private static final int BODIES = Integer.getInteger("topics.fuzz.bodies", 1_000_000);

  private static final int SHARES = 20;

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void theScannerAndJacksonAgreeOnEveryBody() {
    int accepted =
        IntStream.range(0, SHARES).parallel().map(share -> new Share().accepted(share)).sum();
    // Both verdicts must be frequent, or the bodies do not test what they should.
    assertThat(accepted).isBetween(BODIES / 4, BODIES * 3 / 4);
  }

  /// What one thread works with, on its part of the bodies.
  private static final class Share {
    private final FuzzedBodies bodies = new FuzzedBodies();
    private final JsonScanner scanner = new JsonScanner();
    private final WriteBodyUnderTest narrow =
        new WriteBodyUnderTest(new WriteLimits(3, 60, 30, 12, 8));
    private final WriteBodyUnderTest wide = new WriteBodyUnderTest(WriteLimits.DEFAULT);

    int accepted(int share) {
      int accepted = 0;
      for (int i = share; i < BODIES; i += SHARES) {
        accepted += isAccepted(SEED + i) ? 1 : 0;
      }
      return accepted;
    }

    private boolean isAccepted(long seed) {
      byte[] body = bodies.next(seed);
      try {
        return check(body, seed);
      } catch (RuntimeException | Error e) {
        throw new AssertionError(
            "seed %d: %s%nbody (as Latin-1): %s%nbody (bytes): %s"
                .formatted(
                    seed,
                    e.getMessage(),
                    new String(body, ISO_8859_1),
                    HexFormat.of().formatHex(body)),
            e);
      }
    }

    private boolean check(byte[] body, long seed) {
      boolean expected = JacksonOracle.accepts(body, 0, body.length);
      if (ScannerUnderTest.accepts(scanner, body, 0, body.length) != expected) {
        throw new AssertionError("Jackson says " + expected + ", the scanner " + !expected);
      }
      WriteBodyUnderTest write = seed % 2 == 0 ? wide : narrow;
      if (expected) {
        ScannerUnderTest.assertCompactsWell(body);
        write.check(body, 0, body.length);
      } else {
        write.checkInvalid(body, 0, body.length);
      }
      return expected;
    }
  }
}
