package dev.topics.engine.topic;

import dev.topics.engine.model.Discard;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.LossReason;
import dev.topics.engine.model.TopicType;

/// The numbers that stand for names in stored operations; part of the format.
final class StoredCode {
  private StoredCode() {}

  static int of(TopicType type) {
    return switch (type) {
      case LOG -> 0;
      case QUEUE -> 1;
    };
  }

  static TopicType topicType(int code) {
    return switch (code) {
      case 0 -> TopicType.LOG;
      case 1 -> TopicType.QUEUE;
      default -> throw unknown("topic type", code);
    };
  }

  static int of(Discard discard) {
    return switch (discard) {
      case OLD -> 0;
      case REJECT -> 1;
    };
  }

  static Discard discard(int code) {
    return switch (code) {
      case 0 -> Discard.OLD;
      case 1 -> Discard.REJECT;
      default -> throw unknown("discard", code);
    };
  }

  static int of(Durability durability) {
    return switch (durability) {
      case EPHEMERAL -> 0;
      case MEMORY -> 1;
      case DISK -> 2;
      case FSYNC -> 3;
    };
  }

  static Durability durability(int code) {
    return switch (code) {
      case 0 -> Durability.EPHEMERAL;
      case 1 -> Durability.MEMORY;
      case 2 -> Durability.DISK;
      case 3 -> Durability.FSYNC;
      default -> throw unknown("durability", code);
    };
  }

  static int of(LossReason reason) {
    return switch (reason) {
      case CAP -> 0;
      case TTL -> 1;
      case MIXED -> 2;
      case RECREATED -> 3;
      case SOURCE_TRIM -> 4;
      case RESTART -> 5;
      case CORRUPT -> 6;
    };
  }

  static LossReason lossReason(int code) {
    return switch (code) {
      case 0 -> LossReason.CAP;
      case 1 -> LossReason.TTL;
      case 2 -> LossReason.MIXED;
      case 3 -> LossReason.RECREATED;
      case 4 -> LossReason.SOURCE_TRIM;
      case 5 -> LossReason.RESTART;
      case 6 -> LossReason.CORRUPT;
      default -> throw unknown("loss reason", code);
    };
  }

  private static InconsistentLogException unknown(String what, int code) {
    return new InconsistentLogException("unknown " + what + " " + code);
  }
}
