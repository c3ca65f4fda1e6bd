package dev.topics.bench.remote;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The calls of a worker on queues, over one connection.
///
/// Throws [IOException] when the answer did not arrive, [UnexpectedAnswer] when it is a refusal.
/// Not thread-safe.
public final class QueueConnection implements Closeable {
  private final HttpConnection http;
  private final String node;

  private QueueConnection(HttpConnection http, String node) {
    this.http = http;
    this.node = node;
  }

  /// A connection of the worker `node`.
  public static QueueConnection open(InetSocketAddress address, Duration timeout, String node)
      throws IOException {
    return new QueueConnection(HttpConnection.open(address, timeout), node);
  }

  /// A job that this worker holds now.
  public record Job(long seq, int deliveries, String leaseId) {}

  /// Claims up to `max` jobs.
  public List<Job> claim(String queue, int max) throws IOException {
    String body = "{\"node\":\"%s\",\"max\":%d}".formatted(node, max);
    JsonCursor json = post(queue, "claim", body).json();
    List<Job> jobs = new ArrayList<>();
    while (json.nextMember()) {
      if (json.nameIs("claimed")) {
        while (json.nextElement()) {
          jobs.add(job(json));
        }
      } else {
        json.skip();
      }
    }
    return jobs;
  }

  private static Job job(JsonCursor json) {
    long seq = 0;
    int deliveries = 0;
    String leaseId = "";
    while (json.nextMember()) {
      if (json.nameIs("$seq")) {
        seq = json.readLong();
      } else if (json.nameIs("deliveries")) {
        deliveries = (int) json.readLong();
      } else if (json.nameIs("lease_id")) {
        leaseId = json.readPlainString();
      } else {
        json.skip();
      }
    }
    return new Job(seq, deliveries, leaseId);
  }

  /// Acks the jobs; returns how many counted.
  public long ack(String queue, List<Job> jobs) throws IOException {
    return number(post(queue, "ack", leases(jobs)), "acked");
  }

  /// Gives the jobs back at once; returns how many counted.
  public long nack(String queue, List<Job> jobs) throws IOException {
    return number(post(queue, "nack", leases(jobs)), "nacked");
  }

  private String leases(List<Job> jobs) {
    StringBuilder seqs = new StringBuilder();
    StringBuilder ids = new StringBuilder();
    for (Job job : jobs) {
      String comma = seqs.isEmpty() ? "" : ",";
      seqs.append(comma).append(job.seq());
      ids.append(comma).append('"').append(job.leaseId()).append('"');
    }
    return "{\"node\":\"" + node + "\",\"seqs\":[" + seqs + "],\"lease_ids\":[" + ids + "]}";
  }

  private Bytes post(String queue, String verb, String body) throws IOException {
    String path = "/v0/topics/" + queue + "/" + verb;
    HttpAnswer answer = http.post(path, Bytes.utf8(body));
    if (!answer.isSuccess()) {
      throw new UnexpectedAnswer("POST " + path, answer);
    }
    return answer.body();
  }

  private static long number(Bytes body, String name) {
    JsonCursor json = body.json();
    while (json.nextMember()) {
      if (json.nameIs(name)) {
        return json.readLong();
      }
      json.skip();
    }
    return -1;
  }

  @Override
  public void close() throws IOException {
    http.close();
  }
}
