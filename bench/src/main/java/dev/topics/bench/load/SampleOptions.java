package dev.topics.bench.load;

import dev.topics.bench.remote.Bytes;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// The command-line options of everything that writes sample records.
public final class SampleOptions {
  @Option(
      scope = ScopeType.INHERIT,
      names = "--record-bytes",
      defaultValue = "100",
      description = "Bytes of the data of each record; default ${DEFAULT-VALUE}.")
  private int recordBytes;

  /// Bytes of the data of each record.
  public int recordBytes() {
    return recordBytes;
  }

  /// The body of a write of `records` records.
  public Bytes body(int records) {
    return Bytes.utf8(SampleRecords.batch(records, recordBytes));
  }
}
