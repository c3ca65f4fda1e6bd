package dev.topics.storage.journal;

import java.io.IOException;

/// Stored frames that were durable are damaged: the store does not open for writing.
///
/// Nothing was changed, and the damaged files were copied to `quarantine/`.
public final class DamagedException extends IOException {
  private static final long serialVersionUID = 1;

  private final Damage damage;

  public DamagedException(Damage damage) {
    super(damage.toString());
    this.damage = damage;
  }

  public Damage damage() {
    return damage;
  }
}
