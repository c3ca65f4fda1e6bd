package dev.topics.server.http;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The body of one request on its way into one `byte[]`.
///
/// A short body that came in one piece stays in the buffer it came in. A longer one of known size
/// goes into one array, only as large as what came until now justifies: thousands of clients that
/// announce much and send little must not cost memory. One of unknown size goes into pieces, put
/// together at the end. So it never takes more than twice its size.
///
/// **Threading** the event loop of the connection.
final class BodyCollector {
  private static final int FIRST_BYTES_MIN = 1 << 14;
  private static final int PIECE_BYTES_MIN = 1 << 13;
  private static final int PIECE_BYTES_MAX = 1 << 20;

  private final long limitBytes;
  private final long expectedBytes;
  private final BodyBudget budget;
  private final @Nullable GzipInflater gzip;

  private @Nullable ByteBuf onePiece;
  private byte[] array = {};
  private int arrayBytes;
  private @Nullable List<byte[]> pieces;
  private long bytes;
  private long bytesTaken;

  /// @param expectedBytes what Content-Length says, or [RequestHead#UNKNOWN]
  /// @param gzip whether what comes is compressed; `limitBytes` counts what it decodes to
  BodyCollector(long limitBytes, long expectedBytes, boolean gzip, BodyBudget budget) {
    this.limitBytes = limitBytes;
    this.expectedBytes = gzip ? RequestHead.UNKNOWN : expectedBytes;
    this.budget = budget;
    this.gzip = gzip ? new GzipInflater() : null;
  }

  /// Takes the next bytes of the body; `chunk` stays the caller's.
  ///
  /// @throws Rejected 413, 400 for broken gzip, or 429
  void add(ByteBuf chunk) {
    if (gzip != null) {
      gzip.inflate(chunk, this::store);
    } else if (chunk.isReadable()) {
      store(chunk);
    }
  }

  private void store(ByteBuf chunk) {
    bytes += chunk.readableBytes();
    if (bytes > limitBytes) {
      throw tooLarge(limitBytes);
    }
    if (chunk.readableBytes() == expectedBytes && expectedBytes <= PIECE_BYTES_MIN) {
      onePiece = chunk.retainedSlice();
    } else {
      copy(chunk);
    }
  }

  private void copy(ByteBuf chunk) {
    while (chunk.isReadable()) {
      if (arrayBytes == array.length) {
        grow(chunk.readableBytes());
      }
      int count = Math.min(chunk.readableBytes(), array.length - arrayBytes);
      chunk.readBytes(array, arrayBytes, count);
      arrayBytes += count;
    }
  }

  private void grow(int comingBytes) {
    if (expectedBytes > 0) {
      long justified = Math.max(FIRST_BYTES_MIN, Long.highestOneBit(bytes) * 4);
      long size = Math.min(expectedBytes, Math.max(justified, 2L * array.length));
      take(size - array.length);
      byte[] larger = new byte[(int) size];
      System.arraycopy(array, 0, larger, 0, arrayBytes);
      array = larger;
    } else {
      List<byte[]> all = pieces == null ? new ArrayList<>() : pieces;
      pieces = all;
      int size = Math.clamp(Math.max(comingBytes, bytes / 4), PIECE_BYTES_MIN, PIECE_BYTES_MAX);
      take(size);
      array = new byte[size];
      arrayBytes = 0;
      all.add(array);
    }
  }

  private void take(long more) {
    budget.take(more);
    bytesTaken += more;
  }

  /// The end of the body is here.
  ///
  /// @throws Rejected 400 if the gzip stream is not complete, 429 if there is no room to put the
  ///   pieces together
  void finish() {
    if (gzip != null) {
      gzip.finish();
    }
    List<byte[]> all = pieces;
    if (all == null) {
      return;
    }
    long piecesTaken = bytesTaken;
    take(bytes);
    byte[] whole = new byte[(int) bytes];
    int at = 0;
    for (byte[] piece : all) {
      int count = Math.min(piece.length, whole.length - at);
      System.arraycopy(piece, 0, whole, at, count);
      at += count;
    }
    pieces = null;
    array = whole;
    arrayBytes = whole.length;
    budget.give(piecesTaken);
    bytesTaken -= piecesTaken;
  }

  /// How long the body is, once decoded.
  int length() {
    return (int) bytes;
  }

  /// The body from index 0 on, [#length] bytes: in `shared` if that is large enough and the body
  /// came in one piece, else in an array of its own.
  byte[] toArray(byte[] shared) {
    ByteBuf whole = onePiece;
    if (whole == null) {
      return array;
    }
    byte[] target =
        whole.readableBytes() <= shared.length ? shared : new byte[whole.readableBytes()];
    whole.getBytes(whole.readerIndex(), target, 0, whole.readableBytes());
    return target;
  }

  /// Lets go of everything. Must be called once, whatever happened.
  void release() {
    ByteBuf whole = onePiece;
    if (whole != null) {
      onePiece = null;
      whole.release();
    }
    if (gzip != null) {
      gzip.close();
    }
    array = new byte[0];
    pieces = null;
    budget.give(bytesTaken);
    bytesTaken = 0;
  }

  static Rejected tooLarge(long limitBytes) {
    return Problem.of(
            ErrorCode.PAYLOAD_TOO_LARGE,
            "the request body is larger than " + limitBytes + " bytes; send smaller batches")
        .with("max_body_bytes", limitBytes)
        .rejected();
  }
}
