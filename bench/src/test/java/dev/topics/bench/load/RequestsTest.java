package dev.topics.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.bench.remote.Bytes;
import dev.topics.bench.remote.JsonCursor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class RequestsTest {
  @Test
  void sampleRecordsHaveExactlyTheSizeAskedFor() {
    for (int bytes = 80; bytes < 300; bytes++) {
      assertThat(SampleRecords.data(bytes * 31, bytes)).hasSize(bytes).endsWith("\"}");
    }
  }

  @Test
  void aBatchHasAsManyRecordsAsAskedFor() {
    JsonCursor json = Bytes.utf8(SampleRecords.batch(17, 100)).json();
    assertThat(json.nextMember()).isTrue();
    int records = 0;
    while (json.nextElement()) {
      json.skip();
      records++;
    }
    assertThat(records).isEqualTo(17);
  }

  @Test
  void repeatedRequestsFollowEachOther() {
    Requests requests = new RepeatedRequest("abc".getBytes(StandardCharsets.US_ASCII), 4);
    assertThat(text(requests.next(4))).isEqualTo("abcabcabcabc");
    assertThat(text(requests.next(1))).isEqualTo("abc");
    assertThat(text(requests.next(2))).isEqualTo("abcabc");
  }

  @Test
  void readsWalkToTheEndAndBeginAgain() {
    WalkingReads reads = new WalkingReads("/x", 10, 980, 1000, 2);
    assertThat(text(reads.next(2)))
        .containsSubsequence("\"from_seq\":         980}", "\"from_seq\":         990}");
    assertThat(text(reads.next(1))).endsWith("\"from_seq\":           0}");
    assertThat(text(reads.next(1))).endsWith("\"from_seq\":          10}");
    assertThat(text(reads.next(2)))
        .containsSubsequence("\"from_seq\":          20}", "\"from_seq\":          30}");
  }

  @Test
  void requestsToAnyTopicNameEachOfThemAndNoOther() {
    byte[] request = "to any-000000000 x".getBytes(StandardCharsets.US_ASCII);
    Requests requests = new RequestsToAny(request, 16, 3, 1, 2);
    Set<String> named = new TreeSet<>();
    for (int i = 0; i < 50; i++) {
      named.add(text(requests.next(1)));
      String two = text(requests.next(2));
      named.add(two.substring(0, request.length));
      named.add(two.substring(request.length));
    }
    assertThat(named)
        .containsExactly("to any-000000000 x", "to any-000000001 x", "to any-000000002 x");
  }

  private static String text(ByteBuffer bytes) {
    return StandardCharsets.US_ASCII.decode(bytes).toString();
  }
}
