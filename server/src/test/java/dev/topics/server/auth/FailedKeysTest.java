package dev.topics.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

final class FailedKeysTest {
  private static final long SECOND = 1_000_000_000L;
  private final FailedKeys failed = new FailedKeys(3);

  private static InetAddress address(String literal) throws UnknownHostException {
    return InetAddress.getByName(literal);
  }

  @Test
  void afterTooManyAtOnceAnAddressWaitsASecondForEach() throws Exception {
    InetAddress one = address("192.0.2.1");
    long now = -5;
    for (int i = 0; i < 3; i++) {
      assertThat(failed.waitSeconds(one, now)).isZero();
      failed.failed(one, now);
    }
    assertThat(failed.waitSeconds(one, now)).isEqualTo(1);
    assertThat(failed.waitSeconds(address("192.0.2.2"), now)).isZero();
    assertThat(failed.waitSeconds(one, now + SECOND)).isZero();
    failed.failed(one, now + SECOND);
    assertThat(failed.waitSeconds(one, now + SECOND)).isEqualTo(1);
    assertThat(failed.waitSeconds(one, now + 10 * SECOND)).isZero();
  }

  @Test
  void aNetworkOfIpv6CountsAsOneAddress() throws Exception {
    for (int i = 0; i < 3; i++) {
      failed.failed(address("2001:db8::" + i), 0);
    }
    assertThat(failed.waitSeconds(address("2001:db8::ffff"), 0)).isEqualTo(1);
    assertThat(failed.waitSeconds(address("2001:db8:0:1::1"), 0)).isZero();
  }

  @Test
  void onlyTheLastAddressesAreRemembered() throws Exception {
    for (int i = 0; i < 3; i++) {
      failed.failed(address("192.0.2.1"), 0);
    }
    for (int i = 0; i < 10_000; i++) {
      failed.failed(address("10.0." + i / 256 + "." + i % 256), 0);
    }
    assertThat(failed.waitSeconds(address("192.0.2.1"), 0)).isZero();
  }

  @Test
  void zeroIsAnyNumber() throws Exception {
    FailedKeys patient = new FailedKeys(0);
    for (int i = 0; i < 1000; i++) {
      patient.failed(address("192.0.2.1"), 0);
    }
    assertThat(patient.waitSeconds(address("192.0.2.1"), 0)).isZero();
  }
}
