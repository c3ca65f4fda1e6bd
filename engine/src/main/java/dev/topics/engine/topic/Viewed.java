package dev.topics.engine.topic;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// What readers see of a topic, and who hears of it.
///
/// Changes are counted, and a [View] is the state after one of them. Where readers may see all that
/// was committed, an append makes no view: who looks makes one, without the commit lock, and knows
/// by the count that nothing changed meanwhile. So a topic that is only written to leaves nothing
/// for the collector. Before any other change, a view of what readers go on to see is made, and let
/// go when they may see more.
///
/// **Threading** [#view], [#glimpse], [#visibleHead], [#news] and those who listen belong to any
/// thread, [#publishQueued] to whoever drains the queue of [CommitLog], all else to whoever holds
/// the commit lock.
abstract sealed class Viewed permits Topic {
  private static final int TRIES_BEFORE_REST = 100;
  private static final long REST_NANOS = 1000;

  private static final AtomicReferenceFieldUpdater<Viewed, View> VIEW =
      AtomicReferenceFieldUpdater.newUpdater(Viewed.class, View.class, "view");

  private static final AtomicLongFieldUpdater<Viewed> CHANGE =
      AtomicLongFieldUpdater.newUpdater(Viewed.class, "change");

  private static final AtomicIntegerFieldUpdater<Viewed> UNPUBLISHED =
      AtomicIntegerFieldUpdater.newUpdater(Viewed.class, "unpublished");

  private static final AtomicReferenceFieldUpdater<Viewed, NewsLines> NEWS =
      AtomicReferenceFieldUpdater.newUpdater(Viewed.class, NewsLines.class, "news");

  /// The last change that was begun.
  private volatile long change;

  /// The last change that readers may see. If that is not the last one, `view` is no older, unless
  /// the topic is [#growing].
  private volatile long visibleChange;

  /// The last view that was made for readers, by one of them or before they could look, or
  /// [View#NONE].
  private volatile View view = View.NONE;

  private View committed = View.NONE;

  /// Whether changes are made that readers may see at once.
  private boolean growing;

  /// Views that wait. No object of its own: an append to a topic that has rested waits for each.
  private volatile int unpublished;

  private volatile NewsLines news = NewsLines.NONE;
  private volatile @Nullable Runnable follower;

  /// The state as it is, as a view of `change`. [#look] calls it while others change the state, and
  /// throws away what may not fit together.
  abstract View picture(long change);

  /// What a queue knows beyond its records; null for a log.
  public abstract @Nullable JobState jobs();

  // What any thread may use.

  /// What readers may see now: the same view until that changes.
  public final View view() {
    return look(true);
  }

  /// The same for who looks at very many topics once: a view that is made for it is not kept.
  public final View glimpse() {
    return look(false);
  }

  private View look(boolean keep) {
    for (int tries = 1; ; tries++) {
      long visible = visibleChange;
      View seen = view;
      if (seen.change() >= visible) {
        return seen;
      }
      View made = picture(visible);
      VarHandle.loadLoadFence();
      if (change == visible) {
        return keep ? kept(made) : made;
      }
      // An append is being made, which takes moments as long as its thread has a processor.
      if (tries % TRIES_BEFORE_REST == 0) {
        LockSupport.parkNanos(REST_NANOS);
      } else {
        Thread.onSpinWait();
      }
    }
  }

  /// Keeps a view for who looks next, unless there is one already that is no older.
  private View kept(View made) {
    View kept = replaceOlder(made.change(), made);
    if (visibleChange > made.change()) {
      // It may have come when an older one had been let go already.
      VIEW.compareAndSet(this, made, View.NONE);
    }
    return kept;
  }

  /// Puts `next` in the place of a view from before `from`, and returns what is there then.
  private View replaceOlder(long from, View next) {
    View other = view;
    while (other.change() < from) {
      if (VIEW.compareAndSet(this, other, next)) {
        return next;
      }
      other = view;
    }
    return other;
  }

  /// The highest seq that readers may see.
  public final long visibleHead() {
    return view().head();
  }

  /// Whom to tell of a view once it is published: all that were added before they looked at it.
  final NewsLines news() {
    return news;
  }

  final void add(NewsLine line) {
    NEWS.updateAndGet(this, lines -> lines.with(line));
  }

  final void remove(NewsLine line) {
    NEWS.updateAndGet(this, lines -> lines.without(line));
  }

  /// From now on `next` hears, on any thread, whenever readers may see something else than before;
  /// it must not block. Null for nobody.
  public final void follow(@Nullable Runnable next) {
    follower = next;
  }

  // What needs the commit lock.

  /// Everything that was committed, as readers will see it: the same view until something changes.
  public final View committed() {
    if (committed.change() != change) {
      View latest = glance();
      committed = isAllVisible() ? kept(latest) : latest;
    }
    return committed;
  }

  /// The same for who looks at very many topics once: a view that is made for it is not kept.
  public final View glance() {
    View seen = view;
    if (seen.change() == change) {
      return seen;
    }
    return committed.change() == change ? committed : picture(change);
  }

  /// Whether readers may see all that was committed.
  public final boolean isAllVisible() {
    return change == visibleChange;
  }

  /// To be called before anything changes that a view shows.
  final void changing() {
    if (!growing) {
      var _ = view();
    }
    CHANGE.lazySet(this, change + 1);
    // Nobody sees what follows before this.
    VarHandle.storeStoreFence();
  }

  /// From here to [#grown] records are added, and nothing else happens; readers may see them at
  /// once.
  final void growing() {
    assert isAllVisible() : change;
    growing = true;
  }

  /// Lets readers see what was added, be it by half of a change that failed: they could not see
  /// anything else any more. Others are still to be told.
  final void grown() {
    growing = false;
    visibleChange = change;
  }

  /// Lets readers see all that was committed, and tells others. The last view, which may hold what
  /// is gone, is let go.
  public final void publish() {
    if (!isAllVisible()) {
      visibleChange = change;
      committed = replaceOlder(change, committed.change() == change ? committed : View.NONE);
    }
    tellOthers();
  }

  private void tellOthers() {
    JobState jobs = jobs();
    if (jobs != null) {
      jobs.visible();
    }
    Runnable told = follower;
    if (told != null) {
      told.run();
    }
  }

  /// Notes that a view waits to be published by the flusher.
  final void viewQueued() {
    UNPUBLISHED.incrementAndGet(this);
  }

  /// Publishes a view that waited.
  final void publishQueued(View next) {
    show(next);
    UNPUBLISHED.decrementAndGet(this);
    tellOthers();
  }

  /// Lets readers see `next`.
  final void show(View next) {
    view = next;
    visibleChange = next.change();
  }

  /// Whether newer views must queue behind others.
  final boolean hasQueuedViews() {
    return unpublished > 0;
  }
}
