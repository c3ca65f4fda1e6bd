package dev.topics.engine.topic;

import dev.topics.storage.journal.Room;
import dev.topics.storage.journal.Urgency;
import dev.topics.storage.pack.PackedRun;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What topics are to be told of a new pack: some of them with each frame (ADR 0011).
///
/// **Threading** One thread. A step holds the commit lock for a frame of moderate size.
public final class Installing {
  private static final int OPERATIONS_PER_FRAME = 256;
  private static final int FRAME_BYTES = 64 << 10;

  private final Topics topics;
  private final List<Topic> owners = new ArrayList<>();
  private final List<PackInstall> installs = new ArrayList<>();
  private int next;

  public Installing(Topics topics) {
    this.topics = topics;
  }

  /// Adds what `topic` is to be told, its run excepted.
  public void add(Topic topic, PackInstall install) {
    owners.add(topic);
    installs.add(install);
  }

  /// Adds the runs of the pack, at most one of each topic. The others had nothing alive.
  public void setRuns(List<PackedRun> runs) {
    Map<Long, PackedRun> byOwner = new HashMap<>();
    runs.forEach(run -> byOwner.put(run.owner(), run));
    installs.replaceAll(install -> install.with(byOwner.get(install.topicId())));
  }

  public int size() {
    return installs.size();
  }

  public boolean isDone() {
    return next == installs.size();
  }

  /// Tells some topics; returns false if the log takes no frame. A topic that is gone needs none.
  public boolean step() {
    int reached = topics.commits().locked(this::attempt);
    next = Math.max(next, reached);
    return reached >= 0;
  }

  /// Returns where the next frame starts, -1 if the log takes none, and null if it needs room.
  private @Nullable Integer attempt() {
    List<Operation> frame = new ArrayList<>();
    List<Topic> changed = new ArrayList<>();
    int bytes = 0;
    int end = next;
    while (end < installs.size() && frame.size() < OPERATIONS_PER_FRAME && bytes < FRAME_BYTES) {
      if (!owners.get(end).isDropped()) {
        frame.add(installs.get(end));
        changed.add(owners.get(end));
        bytes += installs.get(end).encodedBytes();
      }
      end++;
    }
    Room room = frame.isEmpty() ? Room.OK : topics.commits().commit(frame, Urgency.RECLAIM);
    return switch (room) {
      case OK -> {
        changed.forEach(topics.commits()::publish);
        yield end;
      }
      case NO_SPARE -> null;
      case DISK_FULL, FAILED -> -1;
    };
  }
}
