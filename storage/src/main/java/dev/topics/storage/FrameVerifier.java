package dev.topics.storage;

import dev.topics.storage.journal.FrameHandler;
import dev.topics.storage.pack.PackedRun;
import java.util.List;
import java.util.Map;

/// The owner of the frames, who is shown those of a store that is verified, and then asked about
/// them.
public interface FrameVerifier extends FrameHandler {
  /// The runs in packs that a start would refer to at the end of the log, by packs.
  Map<Long, List<PackedRun>> packedRuns();

  /// What the owner of a run is called in a finding.
  String describe(long owner);

  /// What is wrong with the frames, in words and in the order of the log; empty if nothing is.
  List<String> findings();
}
