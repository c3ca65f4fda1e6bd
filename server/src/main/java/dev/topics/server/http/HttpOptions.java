package dev.topics.server.http;

/// Limits and deadlines of connections.
///
/// @param bodyBytesMax of one request, decoded
/// @param bodiesBytesMax of all requests together
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
    int headBytesMax,
    int pipelinedMax,
    long headMillis,
    long bodyMillis,
    long idleMillis,
    long stalledMillis,
    long drainMillis) {

  private static final int HEAD_BYTES_MAX = 16 << 10;
  private static final int PIPELINED_MAX = 128;

  /// The usual limits, for bodies up to `bodyBytesMax`.
  public static HttpOptions at(String host, int port, long bodyBytesMax) {
    long bodiesBytesMax = Math.max(2 * bodyBytesMax, Runtime.getRuntime().maxMemory() / 4);
    return new HttpOptions(
        host,
        port,
        bodyBytesMax,
        bodiesBytesMax,
        HEAD_BYTES_MAX,
        PIPELINED_MAX,
        10_000,
        30_000,
        120_000,
        30_000,
        10_000);
  }

  /// The same with other deadlines for silent clients.
  public HttpOptions withDeadlines(long head, long body, long idle, long stalled) {
    return new HttpOptions(
        host,
        port,
        bodyBytesMax,
        bodiesBytesMax,
        headBytesMax,
        pipelinedMax,
        head,
        body,
        idle,
        stalled,
        drainMillis);
  }
}
