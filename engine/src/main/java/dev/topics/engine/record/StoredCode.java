package dev.topics.engine.record;

import dev.topics.engine.model.Discard;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.InconsistentLogException;
import dev.topics.engine.model.LossReason;
import dev.topics.engine.model.TopicType;

/// The numbers that stand for names in stored operations; part of the format.
public final class StoredCode {
  private StoredCode() {}

  public static int of(TopicType type) {
    return switch (type) {
      case LOG -> 0;
      case QUEUE -> 1;
    };
  }

  public static TopicType topicType(int code) {
    return switch (code) {
      case 0 -> TopicType.LOG;
      case 1 -> TopicType.QUEUE;
      default -> throw unknown("topic type", code);
    };
  }

  public static int of(Discard discard) {
    return switch (discard) {
      case OLD -> 0;
      case REJECT -> 1;
    };
  }

  public static Discard discard(int code) {
    return switch (code) {
      case 0 -> Discard.OLD;
      case 1 -> Discard.REJECT;
      default -> throw unknown("discard", code);
    };
  }

  public static int of(Durability durability) {
    return switch (durability) {
      case EPHEMERAL -> 0;
      case MEMORY -> 1;
      case DISK -> 2;
      case FSYNC -> 3;
    };
  }

  public static Durability durability(int code) {
    return switch (code) {
      case 0 -> Durability.EPHEMERAL;
      case 1 -> Durability.MEMORY;
      case 2 -> Durability.DISK;
      case 3 -> Durability.FSYNC;
      default -> throw unknown("durability", code);
    };
  }

  public static int of(LossReason reason) {
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

  public static LossReason lossReason(int code) {
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
