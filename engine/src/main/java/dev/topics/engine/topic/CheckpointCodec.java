package dev.topics.engine.topic;

import dev.topics.engine.index.SeqRanges;
import dev.topics.engine.index.StateReader;
import dev.topics.engine.index.StateWriter;
import dev.topics.engine.index.TagIndex;
import dev.topics.engine.model.InconsistentLogException;
import java.io.IOException;

/// The state of all topics as a checkpoint holds it.
///
/// ```text
/// format version, four bytes; the last topic id that was given out 8
/// each topic: 1 1; its picture, see TopicImage;
///    for each of its tags: 1 1; tag; records 4; of each seq 8, bytes of data and meta 4
///    0 1
/// 0 1; routers, see RouterImages
/// the last frame that any picture knows 8; the first journal file that is needed 8
/// ```
///
/// A number of 4 or 8 bytes in memory takes as few as it can here, see [StateWriter]; of numbers
/// that grow each says what it adds to the one before. Version 1, which is read too, has fixed
/// widths, little-endian, and growing numbers as they are.
///
/// Texts, operations and pictures of jobs have the number of their bytes before them, 4. Where they
/// are too long for the rest of a chunk of the checkpoint, they go on in the next one; a number
/// never does.
public final class CheckpointCodec {
  private static final int VERSION = 2;
  private static final int OLDEST_VERSION = 1;
  private static final int ANOTHER = 1;
  private static final int END = 0;

  private CheckpointCodec() {}

  /// Writes topic by topic.
  public static final class Encoder {
    private final StateWriter out;

    public Encoder(StateWriter out, long lastId) throws IOException {
      this.out = out;
      out.putVersion(VERSION);
      out.putLong(lastId);
    }

    /// A topic; if it has tags, these must follow.
    public void topic(TopicImage image, Sizes sizes) throws IOException {
      out.putByte(ANOTHER);
      image.encode(out, sizes);
      if (image.tags() == null) {
        out.putByte(END);
      }
    }

    /// Some tags of the topic written last; the last of them if the slice is empty.
    public void tags(TagIndex.Slice slice, TopicImage image, SeqRanges memory) throws IOException {
      for (TagIndex.Run run : slice.runs()) {
        int count = 0;
        for (int i = 0; i < run.size(); i++) {
          count += image.holds(run.seq(i), memory) ? 1 : 0;
        }
        if (count > 0) {
          out.putByte(ANOTHER);
          out.putText(run.tag());
          out.putInt(count);
          for (int i = 0; i < run.size(); i++) {
            if (image.holds(run.seq(i), memory)) {
              out.putLong(run.seq(i));
              out.putInt(run.bytes(i));
            }
          }
        }
      }
      if (slice.last() == null) {
        out.putByte(END);
      }
    }

    public void end(RouterImages routers, long lastLsn, long oldestFile) throws IOException {
      out.putByte(END);
      routers.encode(out);
      out.putLong(lastLsn);
      out.putLong(oldestFile);
      out.finish();
    }
  }

  /// What a checkpoint says beside its topics.
  public record Rest(long lastLsn, long oldestFile) {}

  /// Fills `table`, which is empty.
  static Rest decode(StateReader in, TopicTable table) {
    int version = in.getVersion();
    if (version < OLDEST_VERSION || version > VERSION) {
      throw new InconsistentLogException(
          "the state in it has format version %d, this program reads %d to %d"
              .formatted(version, OLDEST_VERSION, VERSION));
    }
    long lastId = in.getLong();
    while (in.getByte() == ANOTHER) {
      Topic topic = TopicImage.decode(in, table);
      while (in.getByte() == ANOTHER) {
        String tag = in.getText();
        int count = in.getInt();
        for (int i = 0; i < count; i++) {
          topic.restoreTag(tag, in.getLong(), in.getInt());
        }
      }
    }
    RouterImages.decode(in, table);
    Rest rest = new Rest(in.getLong(), in.getLong());
    table.restored(lastId, rest.lastLsn());
    return rest;
  }
}
