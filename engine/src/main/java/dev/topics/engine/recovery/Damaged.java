package dev.topics.engine.recovery;

import dev.topics.engine.index.AppendIndex;
import dev.topics.engine.index.Losses;
import dev.topics.engine.model.InconsistentLogException;
import dev.topics.engine.model.LossReason;
import dev.topics.engine.model.LostRange;
import dev.topics.engine.topic.BlockReader;
import dev.topics.engine.topic.DamagedRecordsException;
import dev.topics.engine.topic.MovedRecordsException;
import dev.topics.engine.topic.Operation;
import dev.topics.engine.topic.Sizes;
import dev.topics.engine.topic.Topic;
import dev.topics.engine.topic.Topics;
import dev.topics.engine.topic.View;
import dev.topics.engine.upkeep.Packer;
import dev.topics.storage.Store;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskException;
import dev.topics.storage.journal.Quarantine;
import dev.topics.storage.pack.Liveness;
import dev.topics.storage.pack.PackDamage;
import dev.topics.storage.pack.PackDamagedException;
import dev.topics.storage.pack.PackMerge;
import dev.topics.storage.pack.PackVerifier;
import dev.topics.storage.pack.PackWriter;
import dev.topics.storage.pack.PackedRun;
import dev.topics.storage.pack.Packs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/// What cannot be read any more, wherever it is stored, and what was given up for that.
///
/// What is sound in a damaged pack is copied to a new one, so that afterwards nothing refers to
/// damage. The damaged pack is deleted when that is durable: a crash before leaves what it found.
///
/// **Threading** One thread, with nobody else at work on the topics.
public final class Damaged {
  private static final long STEP_BYTES = 4 << 20;

  /// In place of a seq.
  private static final long NOTHING = 0;

  private final Store store;
  private final Packs packs;
  private final Topics topics;
  private final BlockReader blocks;
  private final SequencedSet<String> found = new LinkedHashSet<>();
  private final List<String> missing = new ArrayList<>();
  private final Map<Long, Salvage> salvages = new HashMap<>();

  public Damaged(Store store, Packs packs, Topics topics) {
    this.store = store;
    this.packs = packs;
    this.topics = topics;
    blocks = topics.newBlockReader();
  }

  /// Gives up every record that cannot be read: from now on a tombstone tells of it. Damaged packs
  /// are copied to the quarantine of `disk`. Answers what was damaged, in words, each thing once
  /// however many topics it touches.
  ///
  /// @throws IOException if the disk fails, or if that cannot be logged
  public List<String> giveUp(Disk disk) throws IOException {
    for (Topic topic : topics.table().all()) {
      Salvage salvage = new Salvage(topic);
      salvages.put(topic.id(), salvage);
      examineJournal(salvage);
    }
    Map<Long, List<PackedRun>> known = topics.table().packedRuns();
    for (Map.Entry<Long, List<PackedRun>> pack : List.copyOf(known.entrySet())) {
      if (!isDamaged(pack.getKey(), pack.getValue())) {
        known.remove(pack.getKey());
      }
    }
    Quarantine quarantine = new Quarantine(disk);
    for (Map.Entry<Long, List<PackedRun>> pack : known.entrySet()) {
      String file = Packs.fileName(pack.getKey());
      if (disk.exists(file)) {
        quarantine.keep(file);
      } else {
        missing.add(file);
      }
      replace(pack.getValue());
    }
    log();
    blocks.packed().leave();
    for (long pack : known.keySet()) {
      packs.drop(pack);
    }
    return List.copyOf(found);
  }

  /// The packs that were not there at all, by file.
  public List<String> missing() {
    return List.copyOf(missing);
  }

  /// Looks at every place from the earliest record on, also where nothing lives any more: whoever
  /// packs has to read that too, and a repair that was cut short may have left it.
  private void examineJournal(Salvage salvage) throws IOException {
    View view = salvage.view();
    AppendIndex.Snapshot index = view.index();
    long entry = index.floor(view.earliest());
    if (entry == AppendIndex.Snapshot.NO_ENTRY) {
      entry = index.first();
    }
    long firstLost = NOTHING;
    long lastLost = NOTHING;
    for (; entry != AppendIndex.Snapshot.NO_ENTRY; entry = index.next(entry)) {
      long last = view.lastOf(entry);
      boolean lost =
          last >= view.earliest()
              && index.run(entry) == null
              && !isReadable(salvage.topic(), index, entry);
      if (lost) {
        firstLost = firstLost == NOTHING ? index.firstSeq(entry) : firstLost;
        lastLost = last;
      } else if (firstLost != NOTHING) {
        lose(salvage, firstLost, lastLost);
        firstLost = NOTHING;
      }
    }
    if (firstLost != NOTHING) {
      lose(salvage, firstLost, lastLost);
    }
  }

  /// Gives up appends that follow each other, as one: there may be very many.
  private static void lose(Salvage salvage, long first, long last) {
    salvage.lose(first, last);
    salvage.replace(first, last, null);
  }

  private boolean isReadable(Topic topic, AppendIndex.Snapshot index, long entry)
      throws IOException {
    try {
      return blocks.read(topic.id(), index, entry, index.firstSeq(entry)).count() > 0;
    } catch (DamagedRecordsException | MovedRecordsException | InconsistentLogException damaged) {
      String what = "topic \"%s\"".formatted(topic.name());
      failIfUnread(what, DiskException.causeOf(damaged));
      found.add(what + ": " + damaged.getMessage());
      return false;
    }
  }

  private Salvage salvage(long topicId) {
    return Objects.requireNonNull(salvages.get(topicId));
  }

  /// What the disk fails to read may be sound, and is not given up.
  private static void failIfUnread(String what, @Nullable DiskException unread) throws IOException {
    if (unread != null) {
      throw new IOException(what + " cannot be read now: " + unread.getMessage(), unread);
    }
  }

  private boolean isDamaged(long pack, List<PackedRun> runs) throws IOException {
    PackVerifier verifier = packs.verifier(pack, runs);
    if (verifier == null) {
      throw new IllegalStateException("pack " + pack + " was not admitted");
    }
    boolean damaged = false;
    try (verifier) {
      while (verifier.step(STEP_BYTES) > 0) {}
      failIfUnread("pack " + pack, verifier.unread());
      for (PackDamage damage : verifier.damage()) {
        if (damage.loss()) {
          damaged = true;
          found.add("pack %d: %s".formatted(pack, damage.what()));
          Salvage of = salvages.get(damage.owner());
          if (of != null) {
            of.lose(damage.firstSeq(), damage.lastSeq());
          }
        }
      }
    }
    return damaged;
  }

  /// Copies what is sound of runs of one pack to a new one, and notes what takes the place of its
  /// runs.
  private void replace(List<PackedRun> runs) throws IOException {
    Map<Long, PackedRun> copies = new HashMap<>();
    List<PackedRun> sound = sound(runs);
    while (!sound.isEmpty() && copies.isEmpty()) {
      try {
        copy(sound).forEach(run -> copies.put(run.owner(), run));
      } catch (PackDamagedException damaged) {
        failIfUnread("pack " + damaged.pack(), DiskException.causeOf(damaged));
        salvage(damaged.owner()).lose(damaged.firstSeq(), damaged.lastSeq());
        sound = sound(runs);
      }
    }
    for (PackedRun run : runs) {
      Salvage salvage = salvage(run.owner());
      View view = salvage.view();
      long entry = view.index().floor(run.lastSeq());
      salvage.replace(view.index().firstSeq(entry), view.lastOf(entry), copies.get(run.owner()));
    }
  }

  /// The runs of which something can be kept.
  private List<PackedRun> sound(List<PackedRun> runs) {
    List<PackedRun> sound = new ArrayList<>();
    for (PackedRun run : runs) {
      if (salvage(run.owner()).nextSound(run.firstSeq()) <= run.lastSeq()) {
        sound.add(run);
      }
    }
    return sound;
  }

  private List<PackedRun> copy(List<PackedRun> runs) throws IOException {
    Liveness liveness =
        new Liveness() {
          @Override
          public long nextLive(long owner, long seq) {
            return salvage(owner).nextSound(seq);
          }

          @Override
          public long nextDead(long owner, long seq) {
            return salvage(owner).nextUnsound(seq);
          }
        };
    try (PackWriter writer = packs.create(Packer.nextPack(store));
        PackMerge merge = new PackMerge(packs, runs, liveness, writer)) {
      while (merge.step(STEP_BYTES) > 0) {}
      return writer.finish();
    }
  }

  private void log() throws IOException {
    Sizes sizes = topics.newSizes();
    List<Operation> operations = new ArrayList<>();
    for (Salvage salvage : salvages.values()) {
      if (!salvage.isEmpty()) {
        operations.addAll(salvage.operations(sizes));
      }
    }
    topics.commits().commitAll(operations);
    TopicRecovery.awaitDurable(store, topics.commits());
    for (Salvage salvage : salvages.values()) {
      salvage.topic().publish();
    }
  }

  /// Everything that was ever given up, and that readers are still told of.
  public List<LostRange> givenUp() {
    List<LostRange> ranges = new ArrayList<>();
    for (Topic topic : topics.table().all()) {
      for (Losses.Gap gap : topic.committed().losses().all()) {
        if (gap.reason() == LossReason.CORRUPT) {
          ranges.add(new LostRange(topic.name().value(), gap.first(), gap.last()));
        }
      }
    }
    return ranges;
  }
}
