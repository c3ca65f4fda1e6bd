package dev.topics.storage.pack;

import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All packs of a store: makes them, hands out readers, and drops them under readers that go on.
///
/// A pack counts once it was admitted: by [PackWriter#finish], or by the owner who knows from its
/// own state that the pack is there. Descriptors and indexes are cached within the bounds of
/// [PackOptions].
///
/// Packs may be moved to a cold directory. If that cannot be read, neither can they; everything
/// else goes on.
///
/// **Threading** any thread; `packs`, its monitor, is held for moments, never across I/O.
public final class Packs implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Packs.class);
  private static final int IDLE_READERS_MAX = 16;

  /// Where packs lie in the data directory and in the cold one.
  public static final String DIRECTORY = PackNames.DIRECTORY;

  private final Disk disk;
  private final @Nullable Disk cold;
  private final @Nullable ColdOwner owner;
  private final UUID storeId;
  private final PackOptions options;
  private final SectionCache sections;
  private final Map<Long, Tier> admitted = new HashMap<>();

  /// The seals of those admitted that could be opened when that was last tried. A pack never
  /// changes, so what they say is true as long as it is there.
  private final Map<Long, Seal> seals = new HashMap<>();

  private final Map<Long, PackFile> open = new LinkedHashMap<>(16, 0.75f, true);
  private final Deque<RunReader> idleReaders = new ArrayDeque<>();
  private boolean closed;

  private Packs(
      Disk disk,
      @Nullable Disk cold,
      @Nullable ColdOwner owner,
      UUID storeId,
      PackOptions options) {
    this.disk = disk;
    this.cold = cold;
    this.owner = owner;
    this.storeId = storeId;
    this.options = options;
    sections = new SectionCache(options.indexBytesMax());
  }

  /// Opens the packs of a store that has no cold directory, and removes what a crash left of
  /// unfinished ones.
  public static Packs open(Disk disk, UUID storeId, PackOptions options) throws IOException {
    PackDirectory.make(disk);
    PackDirectory.deleteUnfinished(disk);
    return new Packs(disk, null, null, storeId, options);
  }

  /// The same with a cold directory, which may be unreadable; where it is not this store's
  /// ([ColdOwner]), it is only read. Fails with [dev.topics.storage.disk.DirectoryLockedException]
  /// if it is, and another server uses it as its own.
  ///
  /// @param newOwner a random id to mark it with if it is nobody's yet
  public static Packs open(Disk disk, Disk cold, UUID newOwner, UUID storeId, PackOptions options)
      throws IOException {
    PackDirectory.make(disk);
    PackDirectory.deleteUnfinished(disk);
    ColdOwner owner = new ColdOwner(disk, cold, newOwner);
    Packs packs = new Packs(disk, cold, owner, storeId, options);
    try {
      owner.lockIfOurs();
      if (packs.mayMove() && packs.isColdOurs()) {
        PackDirectory.deleteUnfinished(cold);
      }
    } catch (DiskException e) {
      LOG.warn("the cold directory {} cannot be used", cold.describe(), e);
    } catch (IOException | RuntimeException | Error e) {
      packs.close();
      throw e;
    }
    return packs;
  }

  /// The file of a pack in the data directory.
  public static String fileName(long pack) {
    return PackNames.name(pack);
  }

  /// Room for new packs.
  public long freeBytes() throws IOException {
    return disk.freeBytes();
  }

  /// Begins a pack, whose id was never used before.
  public PackWriter create(long pack) throws IOException {
    return new PackWriter(this, disk, storeId, pack, options);
  }

  /// Lets a pack of the data directory be read.
  public void admit(long pack) {
    admit(pack, Tier.HOT);
  }

  /// Lets a pack be read where it lies.
  public synchronized void admit(long pack, Tier tier) {
    admitted.put(pack, tier);
    seals.remove(pack);
  }

  /// Lets a pack be read that was just written.
  synchronized void admit(Seal seal) {
    admitted.put(seal.pack(), Tier.HOT);
    seals.put(seal.pack(), seal);
  }

  /// Whether a pack is where it was admitted, and of this store, by its seals alone; answers its
  /// bytes. Fails with [UnusablePackException] if nothing of it could be read.
  public long check(long pack) throws UnusablePackException {
    Tier tier = tier(pack);
    try {
      PackFile file = open(pack, tier);
      file.release();
      know(tier, file.seal());
      return file.seal().fileBytes();
    } catch (UnusablePackException e) {
      forget(pack);
      throw e;
    }
  }

  private synchronized void know(@Nullable Tier tier, Seal seal) {
    if (tier != null && admitted.get(seal.pack()) == tier) {
      seals.put(seal.pack(), seal);
    }
  }

  /// A pack that cannot be opened may be gone for good, or come back as another one.
  private synchronized void forget(long pack) {
    seals.remove(pack);
  }

  /// Where a pack lies and how large it is; null if it was dropped. Reads the disk only if the pack
  /// could not be opened when that was last tried.
  public @Nullable PackExtent extent(long pack) throws UnusablePackException {
    PackExtent known = knownExtent(pack);
    if (known == null && holds(pack)) {
      check(pack);
      known = knownExtent(pack);
    }
    return known;
  }

  private synchronized @Nullable PackExtent knownExtent(long pack) {
    Tier tier = admitted.get(pack);
    Seal seal = seals.get(pack);
    return tier == null || seal == null
        ? null
        : new PackExtent(tier, seal.fileBytes(), seal.bodyBytes());
  }

  /// How packs are read and written.
  public PackOptions options() {
    return options;
  }

  /// Whether there is a directory to move packs to.
  public boolean hasCold() {
    return cold != null;
  }

  /// Whether packs may be moved to the cold directory: it is this store's, or nobody's.
  public boolean mayMove() throws IOException {
    return owner != null && owner.isOursOrFree();
  }

  private boolean isColdOurs() throws IOException {
    return owner != null && owner.isOurs();
  }

  /// Lets a pack be read from the data directory if it is there, else from the cold one if there is
  /// one. A file that cannot be opened does not stand in the way of a copy that can.
  public void admitWhereItLies(long pack) throws IOException {
    boolean isHere =
        cold == null
            || PackFile.sealIn(disk, storeId, pack) != null
            || (disk.exists(PackNames.name(pack)) && PackFile.sealIn(cold, storeId, pack) == null);
    admit(pack, isHere ? Tier.HOT : Tier.COLD);
  }

  /// Ids of files in the data directory that nobody admitted, ascending: what a crash left, or what
  /// was lost sight of.
  public List<Long> unknown() throws IOException {
    return PackDirectory.ids(disk).stream().filter(pack -> !holds(pack)).toList();
  }

  /// Ids of files in the cold directory, if it is this store's, that nobody admitted there,
  /// ascending.
  public List<Long> unknownCold() throws IOException {
    if (cold == null || !isColdOurs()) {
      return List.of();
    }
    return PackDirectory.ids(cold).stream().filter(pack -> tier(pack) != Tier.COLD).toList();
  }

  /// The packs that were admitted.
  public synchronized Set<Long> admitted() {
    return Set.copyOf(admitted.keySet());
  }

  synchronized boolean holds(long pack) {
    return admitted.containsKey(pack);
  }

  private synchronized @Nullable Tier tier(long pack) {
    return admitted.get(pack);
  }

  private PackFile open(long pack, @Nullable Tier tier) throws UnusablePackException {
    if (tier != Tier.COLD) {
      return PackFile.open(disk, storeId, pack);
    }
    if (cold == null) {
      throw new UnusablePackException("it is in the cold directory, and there is none", null);
    }
    return PackFile.open(cold, storeId, pack);
  }

  /// Begins to copy a pack of the data directory to the cold one. Fails with
  /// [ImmovablePackException] if the pack cannot be read, or a file in its way must stay; and with
  /// [UnusablePackException] if the cold directory is another store's, or lacks a pack that should
  /// be there: then its disk is probably not mounted. Makes a directory that is nobody's this
  /// store's.
  public PackMove move(long pack) throws IOException {
    if (cold == null || owner == null) {
      throw new UnusablePackException("there is no cold directory", null);
    }
    for (long other : coldPacks()) {
      if (!cold.exists(PackNames.name(other))) {
        throw new UnusablePackException(
            "the cold directory %s lacks pack %d: is its disk mounted?"
                .formatted(cold.describe(), other),
            null);
      }
    }
    if (!owner.claim()) {
      throw new UnusablePackException(
          "the cold directory %s is not this store's".formatted(cold.describe()), null);
    }
    PackDirectory.make(cold);
    PackFile original = original(pack);
    try {
      if (cold.exists(PackNames.name(pack))) {
        deleteUnknownCold(pack);
      }
      if (cold.exists(PackNames.name(pack))) {
        throw new ImmovablePackException(
            pack,
            "the cold directory %s has one that is no copy of this store's: who else uses it?"
                .formatted(cold.describe()),
            null);
      }
      return new PackMove(original, cold, options.syncEveryBytes());
    } catch (IOException | RuntimeException | Error e) {
      original.release();
      throw e;
    }
  }

  private PackFile original(long pack) throws ImmovablePackException {
    try {
      return PackFile.open(disk, storeId, pack);
    } catch (UnusablePackException e) {
      throw new ImmovablePackException(pack, String.valueOf(e.getMessage()), e);
    }
  }

  private synchronized List<Long> coldPacks() {
    List<Long> packs = new ArrayList<>();
    admitted.forEach((pack, tier) -> {
      if (tier == Tier.COLD) {
        packs.add(pack);
      }
    });
    return packs;
  }

  /// Lets readers go to the copy that a [PackMove] made, and deletes the original. Readers that are
  /// in the original go on.
  public void moved(long pack) throws IOException {
    PackFile file;
    synchronized (this) {
      admitted.put(pack, Tier.COLD);
      file = open.remove(pack);
    }
    if (file != null) {
      file.release();
    }
    delete(disk, pack);
  }

  private static void delete(Disk from, long pack) throws IOException {
    String name = PackNames.name(pack);
    if (from.exists(name)) {
      from.delete(name);
      from.syncDirectory(PackNames.DIRECTORY);
    }
  }

  /// Deletes a pack where it was admitted, or what [#unknown] listed. Readers that are in it go on;
  /// nobody else gets into it. In a cold directory that is not this store's, the file stays.
  public void drop(long pack) throws IOException {
    Tier tier;
    PackFile file;
    synchronized (this) {
      tier = admitted.remove(pack);
      seals.remove(pack);
      file = open.remove(pack);
    }
    sections.forget(pack);
    if (file != null) {
      file.release();
    }
    if (tier != Tier.COLD) {
      delete(disk, pack);
    } else if (cold != null && isColdOurs()) {
      delete(cold, pack);
    }
  }

  /// Admits what [#unknownCold] listed and is nowhere else, if it is a pack of this store.
  public void admitUnknownCold(long pack) {
    if (cold != null && PackFile.sealIn(cold, storeId, pack) != null) {
      admit(pack, Tier.COLD);
    }
  }

  /// Deletes what [#unknownCold] listed, unless it is not a pack of this store, or may be better
  /// than what has its name in the data directory.
  public void deleteUnknownCold(long pack) throws IOException {
    if (cold == null || tier(pack) == Tier.COLD) {
      throw new IllegalArgumentException("pack " + pack + " is not an unknown one");
    }
    Seal copy = PackFile.sealIn(cold, storeId, pack);
    boolean isNeeded =
        disk.exists(PackNames.name(pack))
            && !Objects.equals(copy, PackFile.sealIn(disk, storeId, pack));
    if (copy == null || isNeeded || !isColdOurs()) {
      LOG.warn("{} in {} is left alone", PackNames.name(pack), cold.describe());
      return;
    }
    delete(cold, pack);
  }

  public RunReader newReader() {
    return new RunReader(this);
  }

  /// A reader that is given back after use, to be used again.
  ///
  /// @param mayWait as [RunReader#mayWait] has it
  public RunReader borrowReader(boolean mayWait) {
    RunReader idle;
    synchronized (this) {
      idle = idleReaders.poll();
    }
    RunReader reader = idle == null ? newReader() : idle;
    reader.mayWait(mayWait);
    return reader;
  }

  /// Takes back what [#borrowReader] gave.
  public void giveBack(RunReader reader) {
    reader.leave();
    boolean kept;
    synchronized (this) {
      kept = !closed && idleReaders.size() < IDLE_READERS_MAX;
      if (kept) {
        idleReaders.push(reader);
      }
    }
    if (!kept) {
      reader.close();
    }
  }

  /// Verifies all of a pack, of which `known` are the runs; null if it was dropped.
  public @Nullable PackVerifier verifier(long pack, List<PackedRun> known) {
    try {
      PackFile file = acquire(pack);
      return file == null ? null : new PackVerifier(file, pack, known);
    } catch (UnusablePackException e) {
      return PackVerifier.unusable(pack, known, e);
    }
  }

  /// Bytes of indexes in memory.
  public long indexBytes() {
    return sections.bytes();
  }

  SectionCache sections() {
    return sections;
  }

  /// An open pack, of which the caller becomes a user; null if it was dropped.
  @Nullable PackFile acquire(long pack) throws UnusablePackException {
    return acquire(pack, true);
  }

  /// The same, but without `waits` only if the file is open already.
  @Nullable PackFile acquire(long pack, boolean waits) throws UnusablePackException {
    PackFile found = find(pack);
    if (found == null && !waits && holds(pack)) {
      throw new NotInMemoryException();
    }
    while (found == null) {
      Tier tier = tier(pack);
      if (tier == null) {
        return null;
      }
      try {
        found = share(pack, tier, open(pack, tier));
      } catch (UnusablePackException e) {
        if (tier(pack) == tier) {
          forget(pack);
          throw e;
        }
      }
    }
    return found;
  }

  private synchronized @Nullable PackFile find(long pack) {
    PackFile file = open.get(pack);
    return file != null && file.retain() ? file : null;
  }

  /// Makes a file that was opened the one that all use, unless somebody was faster, or the pack is
  /// there no more.
  private PackFile share(long pack, Tier tier, PackFile opened) {
    List<PackFile> gone = new ArrayList<>();
    PackFile shared = opened;
    synchronized (this) {
      PackFile other = open.get(pack);
      if (other != null && other.retain()) {
        gone.add(opened);
        shared = other;
      } else if (admitted.get(pack) == tier) {
        seals.put(pack, opened.seal());
        opened.retain();
        open.put(pack, opened);
        var eldest = open.values().iterator();
        while (open.size() > options.openFilesMax()) {
          gone.add(eldest.next());
          eldest.remove();
        }
      }
    }
    gone.forEach(PackFile::release);
    return shared;
  }

  /// Lets go of cached descriptors and indexes. Readers must be closed before.
  @Override
  public void close() {
    List<PackFile> files;
    List<RunReader> readers;
    synchronized (this) {
      closed = true;
      readers = new ArrayList<>(idleReaders);
      idleReaders.clear();
      files = new ArrayList<>(open.values());
      open.clear();
      admitted.clear();
      seals.clear();
    }
    readers.forEach(RunReader::close);
    files.forEach(PackFile::release);
    sections.clear();
    if (owner != null) {
      owner.close();
    }
  }
}
