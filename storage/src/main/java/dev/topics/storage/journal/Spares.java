package dev.topics.storage.journal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/// The files that stand ready, those that can be made ready again, and what is known about making
/// more.
///
/// **Threading** any thread; the lock `spares` is held for moments only, never across I/O, so the
/// writer may take it under the commit lock.
final class Spares {
  private static final long NOTHING_REFUSED = Long.MAX_VALUE;

  private final Deque<JournalFile> ready = new ArrayDeque<>();
  private final Deque<JournalFile> released = new ArrayDeque<>();
  private long wantedBytes;
  private long refusedBytes = NOTHING_REFUSED;

  /// The next file, if it has at least `bytes`. It is taken.
  synchronized @Nullable JournalFile take(long bytes) {
    JournalFile next = ready.peek();
    return next != null && next.bytes() >= bytes ? ready.poll() : null;
  }

  synchronized boolean isEmpty() {
    return ready.isEmpty();
  }

  synchronized int count() {
    return ready.size();
  }

  synchronized void add(JournalFile file) {
    ready.add(file);
  }

  /// Takes the next file to make it larger; [#giveBack] follows.
  synchronized @Nullable JournalFile takeSmallerThan(long bytes) {
    JournalFile next = ready.peek();
    return next != null && next.bytes() < bytes ? ready.poll() : null;
  }

  synchronized void giveBack(JournalFile file) {
    ready.addFirst(file);
  }

  /// The writer needs a file this large. True if the disk is known to have no room for it.
  synchronized boolean want(long bytes) {
    if (bytes >= refusedBytes) {
      return true;
    }
    wantedBytes = Math.max(wantedBytes, bytes);
    return false;
  }

  /// The size asked for, and 0 from now on.
  synchronized long takeWanted() {
    long bytes = wantedBytes;
    wantedBytes = 0;
    return bytes;
  }

  /// The disk had no room for a file of this size.
  synchronized void refuse(long bytes) {
    refusedBytes = Math.min(refusedBytes, bytes);
  }

  synchronized boolean refuses(long bytes) {
    return bytes >= refusedBytes;
  }

  synchronized void forgetRefusal() {
    refusedBytes = NOTHING_REFUSED;
  }

  /// A file that held frames and is not mapped any more: to be used again, or deleted.
  synchronized void released(JournalFile file) {
    released.add(file);
  }

  /// A released file to be used again as one of `bytes`, the newest: its pages are most likely in
  /// memory. It is taken.
  synchronized @Nullable JournalFile takeReleased(long bytes) {
    Iterator<JournalFile> newestFirst = released.descendingIterator();
    while (newestFirst.hasNext()) {
      JournalFile file = newestFirst.next();
      if (file.bytes() == bytes) {
        newestFirst.remove();
        return file;
      }
    }
    return null;
  }

  /// The oldest released file that is one too many, or not of `bytes`. It is taken.
  synchronized @Nullable JournalFile takeSurplus(int keptFiles, long bytes) {
    Iterator<JournalFile> oldestFirst = released.iterator();
    while (oldestFirst.hasNext()) {
      JournalFile file = oldestFirst.next();
      if (file.bytes() != bytes || released.size() > keptFiles) {
        oldestFirst.remove();
        return file;
      }
    }
    return null;
  }

  /// Hands out all files, to let go of them.
  synchronized JournalFile[] drain() {
    JournalFile[] all = ready.toArray(JournalFile[]::new);
    ready.clear();
    return all;
  }
}
