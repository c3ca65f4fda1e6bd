package dev.topics.engine.index;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/// What a [StateWriter] wrote is read again, wherever chunks end.
final class StateReaderTest {
  private static final int VERSION = 2;
  private static final int CHUNK_BYTES = 1 << 20;

  @Property(tries = 100)
  void giveBackWhatWasWritten(@ForAll long seed) throws IOException {
    StateReader in = new StateReader();
    StateWriter out = new StateWriter(in::chunk);
    Random values = new Random(seed);
    out.putVersion(VERSION);
    // So that chunks end at all bytes of what follows, one seed after the other.
    byte[] filling = new byte[CHUNK_BYTES - 100 + values.nextInt(100)];
    out.putBytes(filling);
    long kinds = values.nextLong();
    write(out, new Random(kinds));
    out.finish();
    assertThat(in.getVersion()).isEqualTo(VERSION);
    assertThat(in.getBytes()).isEqualTo(filling);
    check(in, new Random(kinds));
  }

  private static void write(StateWriter out, Random random) throws IOException {
    for (int i = 0; i < 300; i++) {
      switch (random.nextInt(5)) {
        case 0 -> out.putByte(random.nextInt(128));
        case 1 -> out.putInt(number(random).intValue());
        case 2 -> out.putLong(number(random));
        case 3 -> out.putText(text(random));
        default -> {
          int[] row = row(random);
          out.putGrowing(row, 1, 2, row.length / 2);
        }
      }
    }
  }

  private static void check(StateReader in, Random random) {
    for (int i = 0; i < 300; i++) {
      switch (random.nextInt(5)) {
        case 0 -> assertThat(in.getByte()).isEqualTo(random.nextInt(128));
        case 1 -> assertThat(in.getInt()).isEqualTo(number(random).intValue());
        case 2 -> assertThat(in.getLong()).isEqualTo(number(random));
        case 3 -> assertThat(in.getText()).isEqualTo(text(random));
        default -> {
          int[] row = row(random);
          int[] read = new int[row.length];
          in.getGrowing(read, 1, 2, row.length / 2);
          assertThat(read).isEqualTo(row);
        }
      }
    }
  }

  /// Of any number of bits, and any sign.
  private static Long number(Random random) {
    return random.nextLong() >> random.nextInt(Long.SIZE);
  }

  private static String text(Random random) {
    return "ü".repeat(random.nextInt(4));
  }

  /// Zeros, and what grows at every other place.
  private static int[] row(Random random) {
    int[] row = new int[2 * random.nextInt(6)];
    int value = 0;
    for (int i = 1; i < row.length; i += 2) {
      value += random.nextInt(1 << random.nextInt(28));
      row[i] = value;
    }
    return row;
  }

  @Example
  void smallNumbersTakeOneByte() throws IOException {
    List<byte[]> chunks = new ArrayList<>();
    StateWriter out = new StateWriter(chunk -> chunks.add(chunk.toArray(JAVA_BYTE)));
    out.putLong(127);
    out.putInt(0);
    out.putGrowing(new int[] {1_000_000, 1_000_001, 1_000_127}, 0, 1, 3);
    out.finish();
    assertThat(chunks.getFirst()).hasSize(1 + 1 + 3 + 1 + 1);
  }

  @Example
  void numbersOfTheFirstVersionHaveFixedWidths() {
    ByteBuffer bytes = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(1).putInt(-1).putLong(1L << 40).putInt(5).putInt(7).putInt(1).put((byte) 'x');
    StateReader in = new StateReader();
    in.chunk(MemorySegment.ofBuffer(bytes.flip()));
    assertThat(in.getVersion()).isEqualTo(1);
    assertThat(in.getInt()).isEqualTo(-1);
    assertThat(in.getLong()).isEqualTo(1L << 40);
    int[] row = new int[2];
    in.getGrowing(row, 0, 1, 2);
    assertThat(row).containsExactly(5, 7);
    assertThat(in.getText()).isEqualTo("x");
  }
}
