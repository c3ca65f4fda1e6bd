package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Clients that ask for much and read nothing do not fill the memory of the server.
final class SlowReadersTest {
  private static final int LARGEST_PAGE_BYTES = 8 << 20;

  /// So many of 100 kB are one page, and more than the system takes from the server.
  private static final int RECORDS = 80;

  private static final int RECEIVE_BYTES = 4096;
  private static final String PAGE = "{'limit':1000,'max_batch_bytes':" + LARGEST_PAGE_BYTES + "}";

  @Test
  void pagesGetShortWhileManyWaitForTheirClientsAndLongAgainWhenTheyLeave() throws Exception {
    try (ContractServer server = ContractServer.started()) {
      String topic = server.topic("{}");
      String queue = server.topic("{'type':'queue'}");
      String data = "\"" + "x".repeat(100_000) + "\"";
      for (int i = 0; i < RECORDS / 10; i++) {
        server.append(topic, data, data, data, data, data, data, data, data, data, data).is(200);
      }
      assertThat(server.diff(topic, PAGE).is(200).number("/next_from_seq")).isEqualTo(RECORDS);
      List<Wire> slow = new ArrayList<>();
      byte[] request = server.request("POST", "/v0/topics/" + topic + "/diff").json(PAGE).bytes();
      try {
        while (!pagesAreShort(server, topic)) {
          assertThat(slow.size()).as("clients that read nothing").isLessThan(200);
          slow.add(new Wire(server.address(), RECEIVE_BYTES).send(request));
        }
        Answer page = server.diff(topic, PAGE).is(200).has("/caught_up", false);
        assertThat(page.number("/next_from_seq")).isEqualTo(1);
        server.append(topic, "1").is(200);
        server.append(queue, data, data, data).is(200);
        server
            .post("/v0/topics/" + queue + "/claim", "{'node':'w','max':10}")
            .is(200)
            .has("/count", 1)
            .has("/ready", 2);
      } finally {
        slow.forEach(Wire::close);
      }
      long deadline = System.nanoTime() + 60_000_000_000L;
      while (server.diff(topic, PAGE).is(200).number("/next_from_seq") < RECORDS) {
        assertThat(System.nanoTime()).isLessThan(deadline);
      }
    }
  }

  /// Whether pages are short for good: a long one that its client has just taken counts for a
  /// moment longer, and so may make the next one short.
  private static boolean pagesAreShort(ContractServer server, String topic) {
    for (int i = 0; i <= 2 * Runtime.getRuntime().availableProcessors(); i++) {
      if (server.diff(topic, PAGE).is(200).number("/next_from_seq") == RECORDS) {
        return false;
      }
    }
    return true;
  }
}
