package dev.topics.engine.json;

import java.util.Arrays;

/// Where the parts of the records of one write are: a table of ints with one row per record.
///
/// Ranges are indexes in the request body, -1 where the record has no such part. Those of strings
/// are of their content, without the quotes.
final class RecordColumns {
  static final int DATA_START = 0;
  static final int DATA_END = 1;

  /// Without insignificant whitespace, as every size here.
  static final int DATA_BYTES = 2;

  static final int META_START = 3;
  static final int META_END = 4;
  static final int META_BYTES = 5;
  static final int TAG_START = 6;
  static final int TAG_END = 7;

  /// Decoded.
  static final int TAG_BYTES = 8;

  static final int NODE_START = 9;
  static final int NODE_END = 10;

  /// As a canonical literal with its quotes.
  static final int NODE_JSON_BYTES = 11;

  static final int NONE = -1;

  private static final int WIDTH = 12;
  private static final int ROWS_AT_FIRST = 64;

  private int[] cells = new int[ROWS_AT_FIRST * WIDTH];
  private int rows;

  void clear() {
    rows = 0;
  }

  int rows() {
    return rows;
  }

  /// Adds a record without any part and returns its row.
  int add() {
    int from = rows * WIDTH;
    if (from == cells.length) {
      cells = Arrays.copyOf(cells, 2 * cells.length);
    }
    Arrays.fill(cells, from, from + WIDTH, NONE);
    return rows++;
  }

  int get(int row, int column) {
    assert row < rows;
    return cells[row * WIDTH + column];
  }

  /// Sets three columns that stand side by side: start, end, size.
  void set(int row, int firstColumn, int start, int end, int bytes) {
    int cell = row * WIDTH + firstColumn;
    cells[cell] = start;
    cells[cell + 1] = end;
    cells[cell + 2] = bytes;
  }

  void clear(int row, int firstColumn) {
    set(row, firstColumn, NONE, NONE, NONE);
  }
}
