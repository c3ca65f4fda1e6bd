package dev.topics.engine.model;

import org.jspecify.annotations.Nullable;

/// Says which leases an ack, a nack or an extension is about.
public final class LeaseRequest {
  private final TopicName topic;
  private final String node;
  private final long[] seqs;
  private final long @Nullable [] tokens;

  /// @param node the holder
  /// @param tokens one for each seq, so that older leases of the same holder do not count; null if
  ///   that does not matter
  public LeaseRequest(TopicName topic, String node, long[] seqs, long @Nullable [] tokens) {
    if (tokens != null && tokens.length != seqs.length) {
      throw new IllegalArgumentException("there must be one token for each seq");
    }
    this.topic = topic;
    this.node = node;
    this.seqs = seqs;
    this.tokens = tokens;
  }

  public TopicName topic() {
    return topic;
  }

  public String node() {
    return node;
  }

  public int size() {
    return seqs.length;
  }

  public long seq(int i) {
    return seqs[i];
  }

  /// The token of the lease, [LeaseToken#ANY] if any will do.
  public long token(int i) {
    return tokens == null ? LeaseToken.ANY : tokens[i];
  }
}
