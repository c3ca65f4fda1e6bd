package dev.topics.storage.pack;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ColumnValuesTest {
  private static final int[] EDGES = {
    0,
    1,
    2,
    3,
    254,
    255,
    65_534,
    65_535,
    Integer.MAX_VALUE - 1,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    Integer.MIN_VALUE + 1,
    -2,
    -1
  };
  private static final int[] MOST = {0, 1, 255, 65_535, Integer.MAX_VALUE};

  private final Random random = new Random(7);
  private final ColumnValues column = new ColumnValues();

  @Test
  void valuesAreThoseOfTheSegmentInEachWidth() {
    byte[] stored = {1, 9, 0, (byte) 0xFE, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x7F, 5};
    MemorySegment from = MemorySegment.ofArray(stored);

    assertThat(values(from, 1, 4, 2)).containsExactly(0xFFFE0009, 0x057FFFFF);
    assertThat(values(from, 1, 2, 4)).containsExactly(9, 0xFFFE, 0xFFFF, 0x057F);
    assertThat(values(from, 3, 1, 5)).containsExactly(0xFE, 0xFF, 0xFF, 0xFF, 0x7F);
    assertThat(values(from, 0, 0, 3)).containsExactly(0, 0, 0);
  }

  @Test
  void looksAtAllValuesFindWhatALookAtEachFinds() {
    for (int round = 0; round < 200_000; round++) {
      int[] values = values(round % 3 == 0);
      column.load(segment(values), 0, Integer.BYTES, values.length);
      int least = random.nextInt(2);
      int step = random.nextInt(3);
      int most = MOST[random.nextInt(MOST.length)];
      assertThat(column.rise(least, step)).isEqualTo(rise(values, least, step));
      assertThat(column.areWithin(most)).isEqualTo(areWithin(values, most));
      long present = Arrays.stream(values).filter(value -> value != 0).count();
      assertThat(column.present()).isEqualTo((int) present);
    }
  }

  /// A few values, ascending by little or anything.
  private int[] values(boolean anything) {
    int[] values = new int[1 + random.nextInt(40)];
    int before = anything ? 0 : EDGES[random.nextInt(EDGES.length)];
    for (int i = 0; i < values.length; i++) {
      before = anything ? EDGES[random.nextInt(EDGES.length)] : before + random.nextInt(3);
      values[i] = before;
    }
    return values;
  }

  private static boolean rise(int[] values, long first, int step) {
    long least = first;
    for (int value : values) {
      if (value < least) {
        return false;
      }
      least = (long) value + step;
    }
    return true;
  }

  private static boolean areWithin(int[] values, int most) {
    for (int value : values) {
      if (value < 0 || value > most) {
        return false;
      }
    }
    return true;
  }

  private int[] values(MemorySegment from, int at, int width, int count) {
    column.load(from, at, width, count);
    int[] values = new int[count];
    for (int i = 0; i < count; i++) {
      values[i] = column.get(i);
    }
    return values;
  }

  private static MemorySegment segment(int[] values) {
    MemorySegment segment = MemorySegment.ofArray(new int[values.length]);
    for (int i = 0; i < values.length; i++) {
      segment.set(PackLayout.U32, (long) i * Integer.BYTES, values[i]);
    }
    return segment.asReadOnly();
  }
}
