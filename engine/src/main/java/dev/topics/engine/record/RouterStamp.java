package dev.topics.engine.record;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.topics.engine.json.JsonException;
import dev.topics.engine.json.JsonScanner;
import dev.topics.engine.model.InconsistentLogException;
import java.lang.foreign.MemorySegment;

/// Writes into `meta` of a copy where it came from:
/// `"_topics_router":{"router":"r","source":"s","seq":17}`, in place of what an earlier router
/// wrote.
///
/// **Threading** One thread at a time.
public final class RouterStamp {
  private static final String KEY = "_topics_router";
  private static final byte[] QUOTED_KEY = ('"' + KEY + '"').getBytes(US_ASCII);

  private final JsonScanner scanner = new JsonScanner();
  private byte[] head = {};
  private long seqBase;
  private byte[] stored = new byte[256];
  private byte[] meta = new byte[512];
  private int length;

  public RouterStamp() {}

  /// From now on stamps are about `router` and `source`; the record of index `i` had the seq
  /// `seqBase + i` there.
  public RouterStamp about(String router, String source, long seqBase) {
    head =
        "\"%s\":{\"router\":\"%s\",\"source\":\"%s\",\"seq\":"
            .formatted(KEY, router, source)
            .getBytes(US_ASCII);
    this.seqBase = seqBase;
    return this;
  }

  /// Makes the value of `meta` of the copy of record `i` of `block`; returns its length.
  int make(AppendBlock block, int i) {
    int storedBytes = 0;
    if (block.metaOffset(i) != 0) {
      long start = block.bodyStart(i) + block.metaOffset(i);
      storedBytes = (int) (block.bodyEnd(i) - 1 - start);
      stored = roomFor(stored, storedBytes);
      MemorySegment.copy(block.segment(), JAVA_BYTE, start, stored, 0, storedBytes);
    }
    meta = roomFor(meta, storedBytes + head.length + 24);
    length = 0;
    meta[length++] = '{';
    if (storedBytes > 2) {
      keep(storedBytes);
    }
    if (length > 1) {
      meta[length++] = ',';
    }
    System.arraycopy(head, 0, meta, length, head.length);
    length += head.length;
    long seq = seqBase + i;
    length = Digits.write(seq, Digits.count(seq), meta, length);
    meta[length++] = '}';
    meta[length++] = '}';
    return length;
  }

  /// Writes the value that was made last.
  long write(MemorySegment target, long at) {
    MemorySegment.copy(meta, 0, target, JAVA_BYTE, at, length);
    return at + length;
  }

  /// Keeps the members of the stored object, less an older stamp.
  private void keep(int storedBytes) {
    if (!mentionsKey(storedBytes)) {
      System.arraycopy(stored, 1, meta, length, storedBytes - 2);
      length += storedBytes - 2;
      return;
    }
    try {
      scanner.reset(stored, 0, storedBytes);
      for (boolean more = scanner.enterObject(); more; more = scanner.nextMember()) {
        scanner.skipWhitespace();
        int start = scanner.position();
        scanner.readKey();
        boolean older = scanner.keyText().equals(KEY);
        scanner.skipValue();
        if (!older) {
          keepMember(start, scanner.position());
        }
      }
    } catch (JsonException e) {
      throw new InconsistentLogException("stored meta is not JSON: " + e.getMessage());
    }
  }

  private void keepMember(int start, int end) {
    if (length > 1) {
      meta[length++] = ',';
    }
    System.arraycopy(stored, start, meta, length, end - start);
    length += end - start;
  }

  private boolean mentionsKey(int storedBytes) {
    int last = storedBytes - QUOTED_KEY.length;
    for (int at = 0; at <= last; at++) {
      int same = 0;
      while (same < QUOTED_KEY.length && stored[at + same] == QUOTED_KEY[same]) {
        same++;
      }
      if (same == QUOTED_KEY.length) {
        return true;
      }
    }
    return false;
  }

  private static byte[] roomFor(byte[] buffer, int bytes) {
    return buffer.length >= bytes ? buffer : new byte[bytes * 2];
  }
}
