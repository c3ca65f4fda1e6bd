package dev.topics.engine.topic;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// All followers of one topic on one thread: what a writer rings once, however many they are.
///
/// **Threading** [#ring] from any thread, the rest on the thread of the wire. `next` belongs to the
/// stack of the wire while the line is marked.
final class NewsLine {
  @Nullable NewsLine next;

  private final Newswire wire;
  private final Topic topic;
  private final AtomicBoolean marked = new AtomicBoolean();
  private Following[] followings = new Following[1];
  private int size;

  NewsLine(Newswire wire, Topic topic) {
    this.wire = wire;
    this.topic = topic;
  }

  Topic topic() {
    return topic;
  }

  /// Has the followers told soon; once, however often it is rung until then.
  void ring() {
    if (!marked.get() && marked.compareAndSet(false, true)) {
      wire.push(this);
    }
  }

  Following add(Follower follower) {
    if (size == followings.length) {
      followings = Arrays.copyOf(followings, size * 2);
    }
    Following following = new Following(this, follower, size);
    followings[size++] = following;
    return following;
  }

  void remove(Following following) {
    Following last = followings[--size];
    followings[following.index()] = last;
    last.moveTo(following.index());
    Arrays.fill(followings, size, size + 1, null);
    if (size == 0) {
      wire.drop(this);
    }
  }

  boolean isEmpty() {
    return size == 0;
  }

  /// Tells everybody. From the end, because whoever hears news may leave: then the last one, who
  /// was told already, takes that place.
  void tell() {
    marked.set(false);
    for (int i = size - 1; i >= 0; i--) {
      if (i < size) {
        followings[i].follower().news();
      }
    }
  }
}
