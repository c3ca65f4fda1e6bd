package dev.topics.engine.model;

import org.jspecify.annotations.Nullable;

/// Which records a delete means: those with `seq < beforeSeq` and the matching tag. A `beforeSeq`
/// of [#ANY_SEQ] and a null `match` mean any.
public record RecordSelector(long beforeSeq, @Nullable TagMatch match) {
  public static final long ANY_SEQ = Long.MAX_VALUE;
}
