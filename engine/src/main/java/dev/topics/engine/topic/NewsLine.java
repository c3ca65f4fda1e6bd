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

  /// Those before this place are still to be told.
  private int untold;

  /// Whether there was more news before all were told.
  private boolean again;

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

  /// Has everybody told by [#tell]; returns false if that goes on for earlier news. Who was told of
  /// that already is told again when all the others were, so that nobody waits for ever.
  boolean begin() {
    marked.set(false);
    if (untold > 0) {
      again = true;
      return false;
    }
    untold = size;
    return true;
  }

  /// Tells `max` followers at most, and returns how many. From the end, because followers leave:
  /// then the last one takes that place, and at worst is told twice.
  int tell(int max) {
    int told = 0;
    while (told < max && untold > 0) {
      untold--;
      if (untold < size) {
        told++;
        followings[untold].follower().news();
      }
    }
    return told;
  }

  /// Whether somebody is left to be told.
  boolean goesOn() {
    if (untold == 0 && again) {
      again = false;
      untold = size;
    }
    return untold > 0;
  }
}
