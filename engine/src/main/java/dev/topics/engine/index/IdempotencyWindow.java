package dev.topics.engine.index;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The idempotency keys of one topic that are still remembered, in the order they came.
///
/// **Threading** Under the commit lock.
public final class IdempotencyWindow {
  /// More keys than this within the window push out the oldest ones.
  static final int KEYS_MAX = 1 << 18;

  /// What an append with a key did.
  public record Remembered(String key, long firstSeq, int count, long ts) {}

  private final Map<String, Remembered> byKey = new HashMap<>();
  private final ArrayDeque<Remembered> oldestFirst = new ArrayDeque<>();

  public IdempotencyWindow() {}

  /// What the append with `key` did, if it is remembered at `now`.
  public @Nullable Remembered find(String key, long now, long windowMillis) {
    expire(now, windowMillis);
    return byKey.get(key);
  }

  /// Remembers `append`, and forgets what is older than the window by then.
  public void remember(Remembered append, long windowMillis) {
    expire(append.ts(), windowMillis);
    byKey.put(append.key(), append);
    oldestFirst.add(append);
    if (oldestFirst.size() > KEYS_MAX) {
      forgetOldest();
    }
  }

  private void expire(long now, long windowMillis) {
    Remembered oldest = oldestFirst.peek();
    while (oldest != null && now - oldest.ts() > windowMillis) {
      forgetOldest();
      oldest = oldestFirst.peek();
    }
  }

  private void forgetOldest() {
    Remembered oldest = oldestFirst.remove();
    byKey.remove(oldest.key(), oldest);
  }

  /// Remembers `append` behind all others, as when it was remembered first.
  public void restore(Remembered append) {
    byKey.put(append.key(), append);
    oldestFirst.add(append);
  }

  /// All that is remembered.
  public Remembered[] oldestFirst() {
    return oldestFirst.toArray(new Remembered[0]);
  }

  int size() {
    return oldestFirst.size();
  }
}
