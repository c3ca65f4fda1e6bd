package dev.topics.engine.index;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The idempotency keys of one topic that are still remembered, in the order they came.
///
/// A key is forgotten when it is older than the window by the clock that is trusted to tell ages.
/// The time of an append says nothing of that, since a wall clock that jumped may have given it.
///
/// **Threading** Under the commit lock, but for [#mayForget].
public final class IdempotencyWindow {
  /// More keys than this within the window push out the oldest ones.
  static final int KEYS_MAX = 1 << 18;

  /// An append forgets no more than this for the one key that it adds: it holds up all others.
  static final int FORGOTTEN_PER_APPEND = 16;

  /// What an append with a key did.
  public record Remembered(String key, long firstSeq, int count, long ts) {
    private boolean isPast(long now, long windowMillis) {
      return now - ts > windowMillis;
    }
  }

  private final Map<String, Remembered> byKey = new HashMap<>();
  private final ArrayDeque<Remembered> oldestFirst = new ArrayDeque<>();
  private @Nullable Remembered oldest;

  public IdempotencyWindow() {}

  /// What the append with `key` did, if it is remembered at `now`.
  public @Nullable Remembered find(String key, long now, long windowMillis) {
    forget(now, windowMillis, FORGOTTEN_PER_APPEND);
    Remembered known = byKey.get(key);
    return known == null || known.isPast(now, windowMillis) ? null : known;
  }

  /// Remembers `append`, behind all others.
  public void remember(Remembered append) {
    byKey.put(append.key(), append);
    oldestFirst.add(append);
    if (oldestFirst.size() > KEYS_MAX) {
      forgetOldest();
    }
    oldest = oldestFirst.peek();
  }

  /// Whether a key is past at `now`: a guess, without the commit lock.
  public boolean mayForget(long now, long windowMillis) {
    Remembered first = oldest;
    return first != null && first.isPast(now, windowMillis);
  }

  /// Forgets up to `max` keys that are past at `now`; returns how many it were.
  public int forget(long now, long windowMillis, int max) {
    int forgotten = 0;
    while (forgotten < max && mayForget(now, windowMillis)) {
      forgetOldest();
      forgotten++;
    }
    return forgotten;
  }

  private void forgetOldest() {
    Remembered first = oldestFirst.remove();
    byKey.remove(first.key(), first);
    oldest = oldestFirst.peek();
  }

  /// All that is remembered.
  public Remembered[] oldestFirst() {
    return oldestFirst.toArray(new Remembered[0]);
  }

  public boolean isEmpty() {
    return oldestFirst.isEmpty();
  }

  int size() {
    return oldestFirst.size();
  }
}
