package dev.topics.storage.pack;

import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskFailedException;
import dev.topics.storage.disk.NewFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// Writes a pack, run by run, owners ascending, and in each the records by ascending seq.
///
/// The file is a [NewFile] until [#finish], which makes it durable under its name. In memory there
/// is one chunk (2 MiB, or one larger record) with its index, and 88 bytes for each run. After any
/// failure the pack is lost, nothing is tried again; [#close] removes what was written.
///
/// **Threading** One thread at a time.
public final class PackWriter implements AutoCloseable {
  private final UUID storeId;
  private final long id;
  private final Packs packs;
  private final NewFile file;
  private final PackOutput output;
  private final ChunkBuilder chunk;
  private final NativeBuffer table = new NativeBuffer();
  private final NativeBuffer directory = new NativeBuffer();
  private final List<PackedRun> runs = new ArrayList<>();
  private long records;
  private long bodyBytes;
  private boolean inRun;
  private long owner = Long.MIN_VALUE;
  private int runChunks;
  private long runFirstSeq;
  private long runLastSeq;
  private long runRecords;
  private long runPayloadBytes;
  private long runBodyBytes;
  private long runFirstTs;
  private long runLastTs;
  private boolean closed;

  PackWriter(Packs packs, Disk disk, UUID storeId, long id, PackOptions options)
      throws IOException {
    this.packs = packs;
    this.storeId = storeId;
    this.id = id;
    if (disk.exists(PackNames.name(id))) {
      throw new DiskFailedException(PackNames.name(id) + " is there already");
    }
    file = NewFile.create(disk, PackNames.name(id));
    try {
      chunk = new ChunkBuilder(options);
      output = new PackOutput(file.file(), options.syncEveryBytes());
      output.append(MemorySegment.ofArray(new byte[Seal.BYTES])); // overwritten by [#finish]
    } catch (IOException | RuntimeException | Error e) {
      file.closeAfter(e);
      throw e;
    }
  }

  /// Bytes written so far.
  public long bytes() {
    return output.position();
  }

  /// Begins the records of an owner, who comes after the one before. A run without records leaves
  /// no trace.
  public void beginRun(long owner) throws IOException {
    endRun();
    if (owner <= this.owner) {
      throw new IllegalArgumentException("owner " + owner + " after owner " + this.owner);
    }
    this.owner = owner;
    inRun = true;
    runChunks = 0;
    runRecords = 0;
    runPayloadBytes = 0;
    runBodyBytes = 0;
  }

  /// Adds a record of the owner, with a higher seq than the one before. Its bytes are copied.
  public void add(PackRecord record) throws IOException {
    boolean first = runRecords == 0 && chunk.count() == 0;
    if (!inRun || (!first && (record.seq <= runLastSeq || record.ts < runLastTs))) {
      throw new IllegalArgumentException(
          "seq %d, ts %d after seq %d, ts %d"
              .formatted(record.seq, record.ts, runLastSeq, runLastTs));
    }
    boolean sizes = record.payloadBytes >= 0 && record.payloadBytes <= record.bodyBytes;
    if (record.bodyBytes <= 0 || record.dataOffset < 0 || record.metaOffset < 0 || !sizes) {
      throw new IllegalArgumentException("seq " + record.seq + " has impossible sizes");
    }
    if (!chunk.hasRoomFor(record)) {
      writeChunk();
    }
    if (first) {
      runFirstSeq = record.seq;
      runFirstTs = record.ts;
    }
    runLastSeq = record.seq;
    runLastTs = record.ts;
    chunk.add(record);
  }

  private void writeChunk() throws IOException {
    long entry = (long) runChunks * ChunkTable.ENTRY_BYTES;
    MemorySegment to = table.ensure(entry + ChunkTable.ENTRY_BYTES, entry);
    ChunkTable.write(to, entry, chunk, runRecords, runPayloadBytes);
    MemorySegment index = chunk.encodeIndex(owner);
    ChunkTable.writePlaces(to, entry, output.position(), index, chunk.columnBytes());
    output.append(chunk.bodies());
    output.append(index);
    runChunks++;
    runRecords += chunk.count();
    runPayloadBytes += chunk.payloadBytes();
    runBodyBytes += chunk.bodyBytes();
    chunk.clear();
  }

  private void endRun() throws IOException {
    if (chunk.count() > 0) {
      writeChunk();
    }
    if (!inRun || runRecords == 0) {
      return;
    }
    PackedRun run =
        new PackedRun(
            id,
            runs.size(),
            owner,
            runFirstSeq,
            runLastSeq,
            runRecords,
            runPayloadBytes,
            runBodyBytes,
            runFirstTs,
            runLastTs);
    MemorySegment bytes = table.segment().asSlice(0, (long) runChunks * ChunkTable.ENTRY_BYTES);
    int crc = PackLayout.crc(bytes, 0, bytes.byteSize());
    long at = (long) runs.size() * RunEntry.BYTES;
    new RunEntry(run, output.position(), runChunks, crc)
        .write(directory.ensure(at + RunEntry.BYTES, at), at, storeId);
    output.append(bytes);
    runs.add(run);
    records += runRecords;
    bodyBytes += runBodyBytes;
    inRun = false;
  }

  /// Makes the pack durable and readable; answers its runs. Without any record there is no pack,
  /// and no run.
  public List<PackedRun> finish() throws IOException {
    endRun();
    if (runs.isEmpty()) {
      return List.of();
    }
    long directoryAt = output.position();
    output.append(directory.segment().asSlice(0, (long) runs.size() * RunEntry.BYTES));
    long fileBytes = output.position() + Seal.BYTES;
    Seal seal = new Seal(storeId, id, fileBytes, directoryAt, runs.size(), records, bodyBytes);
    writeSeals(seal);
    file.publish();
    packs.admit(seal);
    return List.copyOf(runs);
  }

  private void writeSeals(Seal seal) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(Seal.BYTES);
      seal.write(bytes, 0);
      output.append(bytes);
      output.flush();
      file.file().writeFully(bytes, 0);
    }
  }

  /// Lets go of everything, and removes the file unless it was finished.
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    chunk.close();
    table.close();
    directory.close();
    output.close();
    file.close();
  }
}
