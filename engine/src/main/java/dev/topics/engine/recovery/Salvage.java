package dev.topics.engine.recovery;

import dev.topics.engine.index.SeqRanges;
import dev.topics.engine.index.SeqSet;
import dev.topics.engine.record.Removed;
import dev.topics.engine.topic.Operation;
import dev.topics.engine.topic.PackInstall;
import dev.topics.engine.topic.Sizes;
import dev.topics.engine.topic.Topic;
import dev.topics.engine.topic.View;
import dev.topics.storage.pack.PackedRun;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What of one topic cannot be read, and what is put in its place.
///
/// **Threading** One thread, with nobody else at work on the topic.
final class Salvage {
  private final Topic topic;
  private final View view;
  private final List<Span> lost = new ArrayList<>();
  private final List<Place> places = new ArrayList<>();

  /// Seqs, both ends inclusive.
  private record Span(long first, long last) {}

  /// What begins from `first` to `last` in the index goes, and `run` comes; null for nothing.
  private record Place(long first, long last, @Nullable PackedRun run) {}

  Salvage(Topic topic) {
    this.topic = topic;
    view = topic.committed();
  }

  Topic topic() {
    return topic;
  }

  View view() {
    return view;
  }

  boolean isEmpty() {
    return places.isEmpty();
  }

  /// The records from `first` to `last` cannot be read.
  void lose(long first, long last) {
    lost.add(new Span(first, last));
  }

  /// Puts `run` in the place of what begins from `first` to `last` in the index.
  void replace(long first, long last, @Nullable PackedRun run) {
    places.add(new Place(first, last, run));
  }

  /// The first seq from `seq` on that lives and can be read, `head + 1` if there is none.
  long nextSound(long seq) {
    long candidate = view.nextLive(seq);
    Span in = lostAt(candidate);
    while (in != null) {
      candidate = view.nextLive(in.last() + 1);
      in = lostAt(candidate);
    }
    return candidate;
  }

  /// The first seq above `seq` that does not live, or cannot be read.
  long nextUnsound(long seq) {
    long next = Math.min(view.head() + 1, view.deleted().nextPresent(seq + 1));
    next = Math.min(next, view.losses().nextGap(seq + 1));
    for (Span span : lost) {
      if (span.last() > seq) {
        next = Math.min(next, Math.max(span.first(), seq + 1));
      }
    }
    return next;
  }

  private @Nullable Span lostAt(long seq) {
    for (Span span : lost) {
      if (span.first() <= seq && seq <= span.last()) {
        return span;
      }
    }
    return null;
  }

  /// The operations that give up what is lost and forget where it lay.
  List<Operation> operations(Sizes sizes) {
    places.sort(Comparator.comparingLong(Place::first));
    SeqRanges dead = deadInPlaces(sizes);
    List<Operation> operations = new ArrayList<>();
    SeqRanges ranges = lostLive();
    if (ranges.size() > 0) {
      operations.add(new Operation.Delete(topic.id(), removed(ranges, sizes), ranges, true));
    }
    for (Place place : places) {
      operations.add(new PackInstall(topic.id(), place.first(), place.last(), place.run(), dead));
      dead = new SeqRanges();
    }
    return operations;
  }

  /// What lives of the lost spans.
  private SeqRanges lostLive() {
    SeqRanges ranges = new SeqRanges();
    long from = view.earliest();
    lost.sort(Comparator.comparingLong(Span::first));
    for (Span span : lost) {
      from = Math.max(from, span.first());
      for (from = view.nextLive(from); from <= Math.min(span.last(), view.head()); ) {
        long last = Math.min(span.last(), endOfLive(from));
        ranges.addRange(from, last, 0);
        from = view.nextLive(last + 1);
      }
    }
    return ranges;
  }

  private long endOfLive(long seq) {
    long deleted = view.deleted().nextPresent(seq);
    return Math.min(view.head(), Math.min(deleted, view.losses().nextGap(seq)) - 1);
  }

  /// All that lives, less what is outside the places and what was saved: so nothing is asked of
  /// what cannot be read.
  private Removed removed(SeqRanges ranges, Sizes sizes) {
    long records = 0;
    for (int i = 0; i < ranges.size(); i++) {
      records += ranges.last(i) - ranges.first(i) + 1;
    }
    long bytes = view.bytes();
    long from = view.earliest();
    for (Place place : places) {
      bytes -= sizes.live(topic.id(), view, from, place.first() - 1).bytes();
      PackedRun run = place.run();
      bytes -= run == null ? 0 : run.payloadBytes();
      from = Math.max(from, place.last() + 1);
    }
    bytes -= sizes.live(topic.id(), view, from, view.head()).bytes();
    Removed removed = new Removed();
    removed.add(false, records, Math.max(0, bytes));
    return removed;
  }

  /// A seq of each window that a place touches, and the bytes of deleted records that the place
  /// held: those that the window counts, less those outside of all places.
  private SeqRanges deadInPlaces(Sizes sizes) {
    SeqRanges dead = new SeqRanges();
    SeqSet.Bytes stored = sizes.of(topic.id(), view);
    long next = 0;
    for (Place place : places) {
      long first = Math.max(next, SeqSet.startOfWindow(place.first()));
      for (long window = first; window <= place.last(); window = next) {
        next = SeqSet.endOfWindow(window) + 1;
        long bytes = view.deleted().bytesBetween(window, next - 1, stored);
        long from = window;
        for (Place other : places) {
          bytes -= deletedBetween(from, Math.min(other.first(), next) - 1, stored);
          from = Math.max(from, other.last() + 1);
        }
        dead.addToWindow(window, bytes - deletedBetween(from, next - 1, stored));
      }
    }
    return dead;
  }

  private long deletedBetween(long first, long last, SeqSet.Bytes stored) {
    return first > last ? 0 : view.deleted().bytesBetween(first, last, stored);
  }
}
