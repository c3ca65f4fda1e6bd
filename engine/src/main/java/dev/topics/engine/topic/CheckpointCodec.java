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
/// format version 4; the last topic id that was given out 8
/// each topic: 1 1; its picture, see TopicImage;
///    for each of its tags: 1 1; tag; records 4; of each seq 8, bytes of data and meta 4
///    0 1
/// 0 1; routers, see RouterImages
/// the last frame that any picture knows 8; the first journal file that is needed 8
/// ```
///
/// Texts, operations and pictures of jobs have the number of their bytes before them, 4. Where they
/// are too long for the rest of a chunk of the checkpoint, they go on in the next one; a number
/// never does.
public final class CheckpointCodec {
  private static final int VERSION = 1;
  private static final int ANOTHER = 1;
  private static final int END = 0;

  private CheckpointCodec() {}

  /// Writes topic by topic.
  public static final class Encoder {
    private final StateWriter out;

    public Encoder(StateWriter out, long lastId) throws IOException {
      this.out = out;
      out.putInt(VERSION);
      out.putLong(lastId);
    }

    public void topic(TopicImage image, Sizes sizes) throws IOException {
      out.putByte(ANOTHER);
      image.encode(out, sizes);
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
    int version = in.getInt();
    if (version != VERSION) {
      throw new InconsistentLogException(
          "the checkpoint has format version %d, this program reads %d"
              .formatted(version, VERSION));
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
