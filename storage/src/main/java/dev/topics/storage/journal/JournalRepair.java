package dev.topics.storage.journal;

import dev.topics.storage.checkpoint.LogStart;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Gives up what is damaged in a journal: files that are missing or not usable are made again, and
/// a [Bridge] stands wherever frames are lost, so that the rest is one log again. All that it
/// changes is copied to the quarantine first. A torn tail is left to the next start.
///
/// **Repeatable.** A repair that is cut short anywhere leaves damage that the next one finds: first
/// pages that do not hold mark files that were restored, until every gap has its bridge; and a
/// bridge is written in one piece, as the last thing that its gap needs.
public final class JournalRepair {
  private static final long FIRST = FileHeader.PAGE_BYTES;

  private final Disk disk;
  private final JournalIdentity identity;
  private final List<LogStart> anchors;
  private final Quarantine quarantine;
  private final List<String> notes;
  private final List<Damage> damage = new ArrayList<>();

  private JournalRepair(
      Disk disk,
      JournalIdentity identity,
      List<LogStart> anchors,
      Quarantine quarantine,
      List<String> notes) {
    this.disk = disk;
    this.identity = identity;
    this.anchors = anchors;
    this.quarantine = quarantine;
    this.notes = notes;
  }

  /// Repairs the journal; answers what was lost.
  ///
  /// @param identity replayed from the oldest file on
  /// @param anchors places from which a recovery may start; they were durable
  /// @param notes takes what costs no frame by itself, and what a start would mend too
  public static List<Damage> repair(
      Disk disk,
      JournalIdentity identity,
      List<LogStart> anchors,
      Quarantine quarantine,
      List<String> notes)
      throws IOException {
    return new JournalRepair(disk, identity, anchors, quarantine, notes).run();
  }

  private List<Damage> run() throws IOException {
    JournalFileRepair files =
        new JournalFileRepair(disk, identity, anchors, quarantine, damage, notes);
    files.restoreFiles();
    FilesOnDisk found = FilesOnDisk.open(disk, identity);
    List<GapSearch.Gap> gaps = List.of();
    List<Long> pagesLost = new ArrayList<>();
    try {
      if (!found.files().isEmpty()) {
        gaps = new GapSearch(found, identity, anchors).run();
      }
      for (int i = 0; i < found.files().size(); i++) {
        if (!found.pageHolds(i)) {
          pagesLost.add(found.files().get(i).sequence());
        }
      }
    } finally {
      found.unmap();
    }
    for (GapSearch.Gap gap : gaps) {
      close(gap, files);
    }
    files.restorePages(pagesLost);
    return damage;
  }

  private void close(GapSearch.Gap gap, JournalFileRepair files) throws IOException {
    LogStart after = gap.after();
    damage.add(
        new Damage(
            JournalFile.name(after.sequence()),
            after.offset(),
            gap.firstLost(),
            gap.lastLost(),
            0,
            "no valid frame"));
    long bridgeSequence = JournalPosition.fileSequence(gap.bridge());
    for (long sequence = after.sequence() + 1; sequence < gap.end(); sequence++) {
      if (sequence != bridgeSequence) {
        write(sequence, FIRST, MemorySegment.ofArray(new byte[FrameHeader.BYTES]));
      }
    }
    if (!disk.exists(JournalFile.name(bridgeSequence))) {
      files.make(bridgeSequence, bytes(bridgeSequence - 1));
      files.restorePages(List.of(bridgeSequence));
    }
    MemorySegment bridge =
        Bridge.encode(
            (int) gap.frameBytes(),
            gap.bridge() ^ identity.salt(),
            after,
            gap.lastLost(),
            gap.lostBytes(),
            gap.nextCrc(),
            identity.bootEpoch());
    write(bridgeSequence, JournalPosition.offset(gap.bridge()), bridge);
  }

  private long bytes(long sequence) throws IOException {
    try (DiskFile file = disk.openForReading(JournalFile.name(sequence))) {
      return file.size();
    }
  }

  private void write(long sequence, long offset, MemorySegment bytes) throws IOException {
    String name = JournalFile.name(sequence);
    quarantine.keep(name);
    try (DiskFile file = disk.open(name)) {
      file.writeFully(bytes, offset);
      file.sync();
    }
  }
}
