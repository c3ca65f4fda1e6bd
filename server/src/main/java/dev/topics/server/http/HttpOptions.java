package dev.topics.server.http;

/// Limits and deadlines of connections.
///
/// @param bodyBytesMax of one request, decoded
/// @param bodiesBytesMax of all requests together
/// @param answersBytesMax of large answers together that clients have not taken yet
/// @param headBytesMax request line and header fields together
/// @param pipelinedMax complete requests of one HTTP/1.1 connection that wait for their turn
/// @param headMillis from the first byte of a request to the end of its head
/// @param bodyMillis for a body to arrive, plus one second for each 16 KiB
/// @param idleMillis between requests
/// @param stalledMillis without the client taking any byte of an answer
/// @param drainMillis for requests in progress when the server closes
public record HttpOptions(
    String host,
    int port,
    long bodyBytesMax,
    long bodiesBytesMax,
    long answersBytesMax,
    int headBytesMax,
    int pipelinedMax,
    long headMillis,
    long bodyMillis,
    long idleMillis,
    long stalledMillis,
    long drainMillis) {

  private static final long ANSWERS_BYTES_MAX = 128L << 20;
  private static final int HEAD_BYTES_MAX = 16 << 10;
  private static final int PIPELINED_MAX = 128;

  /// The usual limits, for bodies up to `bodyBytesMax`.
  public static HttpOptions at(String host, int port, long bodyBytesMax) {
    return new HttpOptions(
        host,
        port,
        bodyBytesMax,
        bodiesBytesMax(bodyBytesMax, Runtime.getRuntime().maxMemory()),
        ANSWERS_BYTES_MAX,
        HEAD_BYTES_MAX,
        PIPELINED_MAX,
        10_000,
        30_000,
        120_000,
        30_000,
        10_000);
  }

  /// A quarter of the heap, or more so that two of the largest fit; but never more than half of it.
  static long bodiesBytesMax(long bodyBytesMax, long heapBytes) {
    return Math.min(Math.max(2 * bodyBytesMax, heapBytes / 4), heapBytes / 2);
  }

  /// The same with other deadlines for silent clients.
  public HttpOptions withDeadlines(long head, long body, long idle, long stalled) {
    return new HttpOptions(
        host,
        port,
        bodyBytesMax,
        bodiesBytesMax,
        answersBytesMax,
        headBytesMax,
        pipelinedMax,
        head,
        body,
        idle,
        stalled,
        drainMillis);
  }
}
