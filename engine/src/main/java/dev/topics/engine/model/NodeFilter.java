package dev.topics.engine.model;

import dev.topics.engine.json.JsonText;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Collection;

/// The nodes whose records a reader does not want to see.
public final class NodeFilter {
  /// Drops nothing.
  public static final NodeFilter NONE = new NodeFilter(new byte[0][]);

  private final byte[][] nodes;

  private NodeFilter(byte[][] nodes) {
    this.nodes = nodes;
  }

  /// Drops the records of `nodes`.
  public static NodeFilter of(Collection<String> nodes) {
    if (nodes.isEmpty()) {
      return NONE;
    }
    byte[][] encoded = new byte[nodes.size()][];
    int i = 0;
    for (String node : nodes) {
      byte[] quoted = new byte[JsonText.quotedBytes(node)];
      JsonText.quote(node, quoted, 0);
      encoded[i++] = Arrays.copyOfRange(quoted, 1, quoted.length - 1);
    }
    return new NodeFilter(encoded);
  }

  public boolean isEmpty() {
    return nodes.length == 0;
  }

  /// Whether the node stored at `offset`, as the inside of a canonical JSON string, is dropped.
  public boolean drops(MemorySegment segment, long offset, int length) {
    for (byte[] node : nodes) {
      if (node.length == length && equal(node, segment, offset)) {
        return true;
      }
    }
    return false;
  }

  private static boolean equal(byte[] node, MemorySegment segment, long offset) {
    for (int i = 0; i < node.length; i++) {
      if (segment.get(ValueLayout.JAVA_BYTE, offset + i) != node[i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NodeFilter that && Arrays.deepEquals(nodes, that.nodes);
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(nodes);
  }
}
