package dev.topics.engine.topic;

import org.jspecify.annotations.Nullable;

/// What a read saw, to tell whether another one would find the same.
public final class ReadStamp {
  static final ReadStamp NONE = new ReadStamp(null, 0);

  private final @Nullable View view;
  private final long untilMillis;

  ReadStamp(@Nullable View view, long untilMillis) {
    this.view = view;
    this.untilMillis = untilMillis;
  }

  @SuppressWarnings("ReferenceEquality") // a cached answer is good for the very same view only
  boolean isOf(View now, long nowMillis) {
    return view == now && nowMillis <= untilMillis;
  }
}
