package dev.topics.engine.model;

/// Records of a topic that a repair gave up: their seqs, both inclusive.
public record LostRange(String topic, long first, long last) {}
