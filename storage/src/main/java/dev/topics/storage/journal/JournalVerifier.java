package dev.topics.storage.journal;

import dev.topics.storage.checkpoint.Superblock;
import dev.topics.storage.checkpoint.Superblocks;
import dev.topics.storage.disk.DirectoryLock;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.LockMode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads all of a store that nobody has open, and changes nothing.
public final class JournalVerifier {
  private final Disk disk;
  private final FrameHandler handler;

  private JournalVerifier(Disk disk, FrameHandler handler) {
    this.disk = disk;
    this.handler = handler;
  }

  /// Checks every frame, handing the valid ones to `handler` as [Journal#open] does, and those
  /// behind damage too. Fails with [dev.topics.storage.disk.DirectoryLockedException] if a process
  /// has the store open for writing, and [dev.topics.storage.disk.RefusedException] if this is no
  /// store, or one of an unknown version.
  public static VerifyReport verify(Disk disk, FrameHandler handler) throws IOException {
    JournalVerifier verifier = new JournalVerifier(disk, handler);
    if (!disk.exists("lock")) {
      return verifier.verify();
    }
    try (DirectoryLock lock = disk.lock(LockMode.SHARED)) {
      assert lock != null;
      return verifier.verify();
    }
  }

  private VerifyReport verify() throws IOException {
    Superblocks superblocks = Superblocks.read(disk);
    Superblock superblock = superblocks.current();
    List<String> notes = new ArrayList<>();
    for (String copy : superblocks.unreadable()) {
      notes.add(copy + " is damaged or missing; the other copy is whole");
    }
    JournalIdentity identity = JournalIdentity.of(superblock, superblock.bootEpoch());
    FilesOnDisk found;
    try {
      found = FilesOnDisk.open(disk, identity);
    } catch (DamagedException e) {
      return report(superblock, List.of(), VerifyReport.Tail.DAMAGED, e.damage(), notes);
    }
    try {
      return found.files().isEmpty()
          ? report(superblock, List.of(), VerifyReport.Tail.CLEAN, null, notes)
          : verify(found, superblock, identity, notes);
    } finally {
      found.unmap();
    }
  }

  private VerifyReport verify(
      FilesOnDisk found, Superblock superblock, JournalIdentity identity, List<String> notes)
      throws IOException {
    GapFinder gaps = new GapFinder(handler);
    Diagnosis diagnosis = new Diagnosis(found, identity, gaps);
    List<VerifyReport.JournalFileReport> files = new ArrayList<>();
    for (int i = 0; i < found.files().size(); i++) {
      JournalFile file = found.files().get(i);
      boolean inLog = i <= diagnosis.end().fileIndex();
      long frames = inLog ? diagnosis.extent(i).frames() : 0;
      long lastLsn = frames == 0 ? 0 : diagnosis.extent(i).lastLsn();
      files.add(
          new VerifyReport.JournalFileReport(
              file.name(), file.bytes(), frames, frames == 0 ? 0 : lastLsn - frames + 1, lastLsn));
      if (!found.pageHolds(i)) {
        notes.add(file.name() + ": the first page is damaged");
      }
    }
    VerifyReport report = report(superblock, files, tail(diagnosis), diagnosis.damage(), notes);
    report.damage().addAll(gaps.damage());
    return report;
  }

  private static VerifyReport.Tail tail(Diagnosis diagnosis) {
    if (diagnosis.damage() != null) {
      return VerifyReport.Tail.DAMAGED;
    }
    boolean clean = !diagnosis.end().found().headerHolds() && !diagnosis.hasGhosts();
    return clean ? VerifyReport.Tail.CLEAN : VerifyReport.Tail.TORN;
  }

  private static VerifyReport report(
      Superblock superblock,
      List<VerifyReport.JournalFileReport> files,
      VerifyReport.Tail tail,
      @Nullable Damage damage,
      List<String> notes) {
    return new VerifyReport(
        superblock.storeId(),
        superblock.bootEpoch(),
        superblock.clean(),
        files,
        tail,
        damage == null ? new ArrayList<>() : new ArrayList<>(List.of(damage)),
        notes);
  }

  /// Notices further damage behind the first.
  private static final class GapFinder implements FrameHandler {
    private final FrameHandler handler;
    private final List<Damage> damage = new ArrayList<>();
    private long lastLsn;

    GapFinder(FrameHandler handler) {
      this.handler = handler;
    }

    List<Damage> damage() {
      return damage;
    }

    @Override
    public void frame(Frame frame) {
      handler.frame(frame);
    }

    @Override
    public void frameAfterDamage(Frame frame) {
      long lsn = frame.lsn();
      if (lastLsn != 0 && lsn > lastLsn + 1) {
        damage.add(
            new Damage(
                JournalFile.name(JournalPosition.fileSequence(frame.position())),
                JournalPosition.offset(frame.position()),
                lastLsn + 1,
                lsn - 1,
                0,
                "frames are missing before the one here"));
      }
      lastLsn = lsn;
      handler.frameAfterDamage(frame);
    }

    @Override
    public void progress(long bytesDone, long bytesTotal) {
      handler.progress(bytesDone, bytesTotal);
    }
  }
}
