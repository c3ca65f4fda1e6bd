package dev.topics.bench.crash;

import dev.topics.bench.remote.Bytes;
import java.util.List;
import java.util.stream.Collectors;

/// One write: what is sent under one idempotency key, as often as it takes to get an answer.
record Batch(String topic, String key, List<SentRecord> records) {
  /// The request body; `config` is what the topic gets if this write creates it.
  Bytes body(String config) {
    String all = records.stream().map(SentRecord::json).collect(Collectors.joining(","));
    return Bytes.utf8(
        "{\"records\":[%s],\"idempotency_key\":\"%s\",\"config\":%s,\"disable_backpressure\":true}"
            .formatted(all, key, config));
  }
}
