package dev.topics.engine.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.json.Corpus.Case;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JsonScannerCorpusTest {
  private static final byte[] HEAD = "{\"records\":[{\"data\":".getBytes(UTF_8);
  private static final byte[] TAIL = "}]}".getBytes(UTF_8);

  static List<Case> cases() {
    return Corpus.cases();
  }

  @Test
  void theCorpusHasSomeHundredCasesWithNamesOfTheirOwn() {
    Set<String> names = new HashSet<>();
    for (Case c : cases()) {
      assertThat(names.add(c.toString())).as(c.name()).isTrue();
    }
    assertThat(names).hasSizeGreaterThan(500);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theScannerDecidesAsTheCorpusSays(Case c) {
    assertThat(ScannerUnderTest.accepts(c.input(), 0, c.input().length)).isEqualTo(c.accepted());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void jacksonDecidesTheSame(Case c) {
    assertThat(JacksonOracle.accepts(c.input(), 0, c.input().length)).isEqualTo(c.accepted());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void whatSurroundsTheRangeNeverMatters(Case c) {
    for (byte around : new byte[] {'"', '1', ' ', ']', '}', '\\', 'e', (byte) 0x80, 0}) {
      for (int start = 0; start <= 8; start++) {
        byte[] padded = new byte[start + c.input().length + 16];
        Arrays.fill(padded, around);
        System.arraycopy(c.input(), 0, padded, start, c.input().length);
        int end = start + c.input().length;
        assertThat(ScannerUnderTest.accepts(padded, start, end)).isEqualTo(c.accepted());
      }
      if (c.input().length > 10_000) {
        return;
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aRecordMayHoldItAsDataExactlyWhenItIsValid(Case c) {
    byte[] body = new byte[HEAD.length + c.input().length + TAIL.length];
    System.arraycopy(HEAD, 0, body, 0, HEAD.length);
    System.arraycopy(c.input(), 0, body, HEAD.length, c.input().length);
    System.arraycopy(TAIL, 0, body, HEAD.length + c.input().length, TAIL.length);

    WriteBody write = new WriteBody(WriteLimits.DEFAULT);
    WriteBody.Outcome outcome = write.decode(body, 0, body.length);

    assertThat(outcome instanceof WriteBody.Accepted).isEqualTo(c.accepted());
    if (c.accepted()) {
      byte[] data = new byte[write.dataBytes(0)];
      assertThat(write.copyData(0, data, 0)).isEqualTo(data.length);
      assertThat(JacksonOracle.sameTokens(c.input(), c.input().length, data, data.length)).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aValidValueIsCompactedToTheSameTokens(Case c) {
    if (c.accepted()) {
      ScannerUnderTest.assertCompactsWell(c.input());
    }
  }
}
