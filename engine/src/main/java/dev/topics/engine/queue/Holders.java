package dev.topics.engine.queue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Whom leases belong to, as numbers: nodes, and streams, which are nodes that want to hear how
/// each of their leases ends. A number lives as long as it has leases.
///
/// **Threading** Under the commit lock.
final class Holders {
  /// Hears that a lease is over, however it ended.
  @FunctionalInterface
  interface Ending {
    void ended(long seq);
  }

  private static final class Holder {
    final String node;
    final @Nullable Ending ending;
    int leases;

    Holder(String node, @Nullable Ending ending) {
      this.node = node;
      this.ending = ending;
    }
  }

  private final Map<String, Integer> byNode = new HashMap<>();
  private final List<@Nullable Holder> holders = new ArrayList<>();
  private final List<Integer> free = new ArrayList<>();

  /// The number of `node`.
  int of(String node) {
    Integer known = byNode.get(node);
    if (known != null) {
      return known;
    }
    int number = add(new Holder(node, null));
    byNode.put(node, number);
    return number;
  }

  /// A number for a stream of `node`, to be used at once.
  int of(String node, Ending ending) {
    return add(new Holder(node, ending));
  }

  private int add(Holder holder) {
    if (free.isEmpty()) {
      holders.add(holder);
      return holders.size() - 1;
    }
    int number = free.removeLast();
    holders.set(number, holder);
    return number;
  }

  private Holder holder(int number) {
    Holder holder = holders.get(number);
    if (holder == null) {
      throw new IllegalStateException("nobody holds leases as " + number);
    }
    return holder;
  }

  /// The nodes of all numbers; null where a number has no leases.
  @Nullable String[] nodes() {
    @Nullable String[] nodes = new @Nullable String[holders.size()];
    for (int i = 0; i < nodes.length; i++) {
      Holder holder = holders.get(i);
      nodes[i] = holder == null ? null : holder.node;
    }
    return nodes;
  }

  String node(int number) {
    return holder(number).node;
  }

  void began(int number) {
    holder(number).leases++;
  }

  void ended(int number, long seq) {
    Holder holder = holder(number);
    holder.leases--;
    if (holder.leases == 0) {
      holders.set(number, null);
      free.add(number);
      if (holder.ending == null) {
        byNode.remove(holder.node);
      }
    }
    if (holder.ending != null) {
      holder.ending.ended(seq);
    }
  }
}
