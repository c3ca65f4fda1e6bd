package dev.topics.storage.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the files of a journal hold, and what became of the end of the log.
///
/// The first frame that is missing or not valid is *damage* if it was durable, as the superblock, a
/// sync slot or the header of a later frame tells. Otherwise it is a *torn tail*, which a crash
/// explains. Looks only, changes nothing. Hands the frames to the handler on the way.
final class Diagnosis {
  private final FilesOnDisk onDisk;
  private final JournalIdentity identity;
  private final FrameHandler handler;
  private final LogScan scan;
  private final LogEnd end;
  private final boolean spotless;
  private long durableLsn;
  private boolean ghosts;
  private boolean anyByteBehind;
  private @Nullable Damage damage;
  private int lastDamagedFileIndex;

  /// @param onDisk at least one file
  Diagnosis(FilesOnDisk onDisk, JournalIdentity identity, FrameHandler handler) throws IOException {
    this.onDisk = onDisk;
    this.identity = identity;
    this.handler = handler;
    this.scan = new LogScan(files(), identity.start(), handler);
    this.end = scan.run();
    this.spotless = wasClosed() && !end.found().headerHolds();
    this.durableLsn = Math.max(identity.durableLsn(), onDisk.durableLsn());
    if (!spotless) {
      lookBehindTheEnd();
    }
  }

  List<JournalFile> files() {
    return onDisk.files();
  }

  boolean pageHolds(int fileIndex) {
    return onDisk.pageHolds(fileIndex);
  }

  LogEnd end() {
    return end;
  }

  /// What of file `fileIndex` belongs to the log; there is one up to the file of the end.
  LogScan.Extent extent(int fileIndex) {
    return scan.extents().get(fileIndex);
  }

  /// Whether the run before closed the store and everything is as it left it.
  boolean isSpotless() {
    return spotless;
  }

  /// Whether frames lie behind the end in its file that were written there, but are not the log's.
  boolean hasGhosts() {
    return ghosts;
  }

  /// Whether the file has frames of the log that are not known to be durable, or ghosts.
  boolean needsRewrite(int fileIndex) {
    boolean unsynced = extent(fileIndex).frames() > 0 && extent(fileIndex).lastLsn() > durableLsn;
    return unsynced || (fileIndex == end.fileIndex() && ghosts);
  }

  @Nullable Damage damage() {
    return damage;
  }

  /// From the file where the log ends to the one where valid frames begin again.
  List<JournalFile> damagedFiles() {
    return new ArrayList<>(files().subList(end.fileIndex(), lastDamagedFileIndex + 1));
  }

  private boolean wasClosed() {
    return identity.clean() && end.lastLsn() == identity.durableLsn();
  }

  private void lookBehindTheEnd() throws IOException {
    TailScan tail = new TailScan(end.lastLsn(), null).scan(files(), end.fileIndex(), end.offset());
    ghosts = tail.anyHeaderInFirstFile();
    anyByteBehind = tail.anyByteInFirstFile();
    durableLsn = Math.max(durableLsn, tail.durableLsn());
    if (durableLsn > end.lastLsn()) {
      damaged("expected frame %d, found %s".formatted(end.lastLsn() + 1, end.found()));
    } else if (!wasClosed() && lostFile()) {
      damaged("a first page is damaged, and what its file held is not known");
    }
  }

  /// A first page is durable before its file is used. If it is gone, perhaps with the sync slots,
  /// and no frames tell that the file is otherwise intact, nobody knows what was in it. Bytes
  /// behind the end may be those of an earlier use of the file, but without its page nothing says
  /// so.
  private boolean lostFile() {
    for (int i = end.fileIndex(); i < files().size(); i++) {
      boolean endsInIt =
          i == end.fileIndex() && end.offset() > FileHeader.PAGE_BYTES && !anyByteBehind;
      if (!pageHolds(i) && !endsInIt) {
        return true;
      }
    }
    return false;
  }

  private void damaged(String what) throws IOException {
    TailScan tail =
        new TailScan(end.lastLsn(), handler).scan(files(), end.fileIndex(), end.offset());
    JournalFile file = files().get(end.foundFileIndex());
    long firstLost = end.lastLsn() + 1;
    long lastLost = tail.firstLsn() == 0 ? Math.max(durableLsn, firstLost) : tail.firstLsn() - 1;
    long topicId =
        end.found().headerHolds() ? FrameHeader.topicId(file.segment(), end.foundOffset()) : 0;
    damage = new Damage(file.name(), end.foundOffset(), firstLost, lastLost, topicId, what);
    lastDamagedFileIndex = Math.max(end.foundFileIndex(), tail.firstFrameFileIndex());
  }
}
