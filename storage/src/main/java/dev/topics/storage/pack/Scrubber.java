package dev.topics.storage.pack;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Verifies one pack after another, round after round, so that damage is found before somebody
/// needs what is damaged. Work is a step of as many bytes as the caller wants, which sets the rate.
///
/// **Threading** One thread at a time.
public final class Scrubber implements AutoCloseable {
  /// What its owner knows of the packs.
  public interface Inventory {
    /// The least id above `pack` of a pack that counts; 0 if there is none.
    long nextPack(long pack);

    /// The runs of a pack.
    List<PackedRun> runs(long pack);
  }

  private final Packs packs;
  private final Inventory inventory;
  private final Consumer<PackDamage> found;
  private @Nullable PackVerifier verifier;
  private long pack;
  private int told;
  private long rounds;

  /// Hands each damage to `found` once in a round.
  public Scrubber(Packs packs, Inventory inventory, Consumer<PackDamage> found) {
    this.packs = packs;
    this.inventory = inventory;
    this.found = found;
  }

  /// Reads about `maxBytes`, and stops at the end of a round; answers how many bytes it read.
  public long step(long maxBytes) {
    long done = 0;
    while (done < maxBytes) {
      PackVerifier current = verifier;
      if (current == null) {
        pack = inventory.nextPack(pack);
        if (pack == 0) {
          rounds++;
          break;
        }
        told = 0;
        verifier = packs.verifier(pack, inventory.runs(pack));
        continue;
      }
      long bytes = current.step(maxBytes - done);
      tell(current.damage());
      done += bytes;
      if (bytes == 0) {
        current.close();
        verifier = null;
      }
    }
    return done;
  }

  private void tell(List<PackDamage> damage) {
    for (; told < damage.size(); told++) {
      found.accept(damage.get(told));
    }
  }

  /// How often all packs were verified.
  public long rounds() {
    return rounds;
  }

  @Override
  public void close() {
    if (verifier != null) {
      verifier.close();
      verifier = null;
    }
  }
}
