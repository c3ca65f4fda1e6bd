package dev.topics.bench.queue;

import dev.topics.bench.remote.QueueConnection;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Streams of jobs whose clients go away all at once, and how long others wait for their jobs.
final class ReleaseBench {
  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final int CLAIM_MAX = 1000;

  /// After so long the jobs are lost, not late.
  private static final Duration RELEASE_MAX = Duration.ofMinutes(1);

  private final InetSocketAddress server;
  private final String queue;
  private final int streams;
  private final int jobsOfEach;

  ReleaseBench(InetSocketAddress server, String queue, int streams, int jobsOfEach) {
    this.server = server;
    this.queue = queue;
    this.streams = streams;
    this.jobsOfEach = jobsOfEach;
  }

  /// Milliseconds from before the first connection was closed until all jobs were claimed again.
  double run() throws IOException {
    List<Stream> open = new ArrayList<>();
    try (QueueConnection other = QueueConnection.open(server, ANSWER, "other")) {
      for (int i = 0; i < streams; i++) {
        open.add(new Stream(i));
      }
      for (Stream stream : open) {
        stream.awaitJobs();
      }
      long start = System.nanoTime();
      for (Stream stream : open) {
        stream.close();
      }
      int left = streams * jobsOfEach;
      while (left > 0) {
        List<QueueConnection.Job> claimed = other.claim(queue, CLAIM_MAX);
        left -= claimed.size();
        if (left > 0 && System.nanoTime() - start > RELEASE_MAX.toNanos()) {
          throw new IOException(left + " jobs were not free after " + RELEASE_MAX);
        }
      }
      return (System.nanoTime() - start) / 1e6;
    } finally {
      for (Stream stream : open) {
        stream.close();
      }
    }
  }

  /// The connection of a worker to which jobs are pushed.
  private final class Stream implements Closeable {
    private final Socket socket = new Socket();
    private final BufferedReader in;

    Stream(int number) throws IOException {
      socket.connect(server);
      socket.setSoTimeout((int) ANSWER.toMillis());
      String request =
          "GET /v0/topics/%s/work?node=s%d&max=%d HTTP/1.1\r\nHost: localhost\r\n\r\n"
              .formatted(queue, number, jobsOfEach);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    void awaitJobs() throws IOException {
      int jobs = 0;
      while (jobs < jobsOfEach) {
        String line = in.readLine();
        if (line == null) {
          throw new EOFException("a stream ended");
        }
        jobs += line.startsWith("event: job") ? 1 : 0;
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
