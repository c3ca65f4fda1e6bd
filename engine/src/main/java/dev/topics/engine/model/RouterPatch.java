package dev.topics.engine.model;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A request for a router: what it says, and nulls for what it leaves open.
///
/// @param filter a filter, or null for none, if `filterGiven`
/// @param fromSeq the cursor of a new router; null for the head
public record RouterPatch(
    RouterSource source,
    TopicName dest,
    @Nullable Boolean preserveNode,
    @Nullable Boolean preserveTag,
    boolean createDest,
    boolean filterGiven,
    @Nullable TagMatch filter,
    @Nullable Boolean allowCycle,
    @Nullable Guarantee guarantee,
    @Nullable Long fromSeq) {

  /// Forwards `source` to `dest`, which is created if absent, and leaves everything else open.
  public static RouterPatch route(RouterSource source, TopicName dest) {
    return new RouterPatch(source, dest, null, null, true, false, null, null, null, null);
  }

  /// The same with or without nodes and tags.
  public RouterPatch preserving(boolean nodes, boolean tags) {
    return changed(copy -> {
      copy.preserveNode = nodes;
      copy.preserveTag = tags;
    });
  }

  /// The same, but a destination that is absent is not created.
  public RouterPatch toExistingDest() {
    return changed(copy -> copy.createDest = false);
  }

  /// The same with another filter; null for none.
  public RouterPatch withFilter(@Nullable TagMatch newFilter) {
    return changed(copy -> {
      copy.filterGiven = true;
      copy.filter = newFilter;
    });
  }

  /// The same, and copies may come back to where they came from.
  public RouterPatch allowingCycles() {
    return changed(copy -> copy.allowCycle = true);
  }

  /// The same with another guarantee.
  public RouterPatch withGuarantee(Guarantee newGuarantee) {
    return changed(copy -> copy.guarantee = newGuarantee);
  }

  /// The same, but a new router starts behind `seq` of its source.
  public RouterPatch startingBehind(long seq) {
    return changed(copy -> copy.fromSeq = seq);
  }

  private RouterPatch changed(Consumer<Copy> change) {
    Copy copy = new Copy(this);
    change.accept(copy);
    return copy.patch();
  }

  /// All that is not the way itself, while some of it is being changed.
  private static final class Copy {
    private final RouterPatch original;
    private @Nullable Boolean preserveNode;
    private @Nullable Boolean preserveTag;
    private boolean createDest;
    private boolean filterGiven;
    private @Nullable TagMatch filter;
    private @Nullable Boolean allowCycle;
    private @Nullable Guarantee guarantee;
    private @Nullable Long fromSeq;

    Copy(RouterPatch original) {
      this.original = original;
      preserveNode = original.preserveNode;
      preserveTag = original.preserveTag;
      createDest = original.createDest;
      filterGiven = original.filterGiven;
      filter = original.filter;
      allowCycle = original.allowCycle;
      guarantee = original.guarantee;
      fromSeq = original.fromSeq;
    }

    RouterPatch patch() {
      return new RouterPatch(
          original.source,
          original.dest,
          preserveNode,
          preserveTag,
          createDest,
          filterGiven,
          filter,
          allowCycle,
          guarantee,
          fromSeq);
    }
  }

  /// The configuration of router `name` after this, if it had `before`.
  public RouterConfig appliedTo(RouterName name, @Nullable RouterConfig before) {
    return new RouterConfig(
        name,
        source,
        dest,
        or(preserveNode, before == null || before.preserveNode()),
        or(preserveTag, before == null || before.preserveTag()),
        filterGiven || before == null ? filter : before.filter(),
        or(allowCycle, before != null && before.allowCycle()),
        guarantee != null
            ? guarantee
            : before == null ? Guarantee.AT_LEAST_ONCE : before.guarantee());
  }

  private static boolean or(@Nullable Boolean given, boolean otherwise) {
    return given == null ? otherwise : given;
  }
}
