package dev.topics.storage.pack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SectionMemoryTest {
  @Test
  void pieceThatCameBackServesTheNextOfAboutItsSize() {
    try (SectionMemory memory = new SectionMemory()) {
      SectionMemory.Piece piece = memory.take(200_000);
      assertThat(piece.bytes().byteSize()).isBetween(200_000L, 225_000L);
      memory.giveBack(piece);

      SectionMemory.Piece larger = memory.take(300_000);
      SectionMemory.Piece smaller = memory.take(100_000);
      SectionMemory.Piece similar = memory.take(195_000);
      assertThat(similar).isSameAs(piece).isNotSameAs(larger).isNotSameAs(smaller);

      SectionMemory.Piece another = memory.take(195_000);
      assertThat(another).isNotSameAs(piece);
      List.of(larger, smaller, similar, another).forEach(memory::giveBack);
    }
  }

  @Test
  void keepsAFewUnusedPiecesAndFreesTheRest() {
    SectionMemory memory = new SectionMemory();
    List<SectionMemory.Piece> pieces = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      pieces.add(memory.take(250_000));
    }
    SectionMemory.Piece late = memory.take(250_000);
    pieces.forEach(memory::giveBack);
    assertThat(pieces.stream().filter(SectionMemoryTest::isThere)).hasSize(4);

    memory.close();
    assertThat(pieces).noneMatch(SectionMemoryTest::isThere);
    assertThat(isThere(late)).isTrue();
    memory.giveBack(late);
    assertThat(isThere(late)).isFalse();
  }

  @Test
  void smallSectionTakesLittleMoreThanItHas() {
    try (SectionMemory memory = new SectionMemory()) {
      for (int bytes = 1; bytes < 5000; bytes++) {
        SectionMemory.Piece piece = memory.take(bytes);
        assertThat(piece.bytes().byteSize()).isBetween((long) bytes, bytes + bytes / 4L + 128);
        memory.giveBack(piece);
      }
    }
  }

  private static boolean isThere(SectionMemory.Piece piece) {
    return piece.bytes().scope().isAlive();
  }
}
