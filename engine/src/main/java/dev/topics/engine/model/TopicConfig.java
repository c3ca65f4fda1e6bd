package dev.topics.engine.model;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The complete configuration of a topic (http-api §2.1), clamped where it is made.
///
/// `backoffMillis` is how long a job rests that was given back, or whose lease ended, after its
/// first delivery, its second and so on; the last step counts for all further ones.
///
/// Durations are milliseconds; 0 switches `ttlMillis`, `capRecords`, `capBytes` and `maxDeliveries`
/// off.
public record TopicConfig(
    TopicType type,
    long ttlMillis,
    long capRecords,
    long capBytes,
    Discard discard,
    Durability durability,
    @Nullable Integer priority,
    boolean autoPriority,
    boolean autoCreate,
    long idempotencyWindowMillis,
    boolean dedupeNode,
    long leaseMillis,
    long claimJitterMillis,
    long maxDeliveries,
    @Nullable String deadLetter,
    boolean leasesDurable,
    List<Long> backoffMillis) {

  /// What a topic is when nobody says otherwise.
  public static final TopicConfig DEFAULT =
      new TopicConfig(
          TopicType.LOG,
          0,
          0,
          0,
          Discard.OLD,
          Durability.DISK,
          null,
          true,
          true,
          120_000,
          true,
          30_000,
          0,
          0,
          null,
          false,
          List.of());

  /// Most steps of a backoff.
  public static final int BACKOFF_STEPS_MAX = 32;

  /// The longest delay of a job that is given back, ms.
  public static final long DELAY_MILLIS_MAX = 86_400_000;

  private static final int PRIORITY_MAX = 1000;

  /// The shortest and the longest lease, ms.
  public static final long LEASE_MILLIS_MIN = 100;

  public static final long LEASE_MILLIS_MAX = 86_400_000;

  private static final long JITTER_MILLIS_MAX = 5_000;

  /// Clamps what the contract clamps.
  ///
  /// @throws IllegalArgumentException for a negative number or a dead letter that is no topic name
  public TopicConfig {
    requireUnsigned("ttl_ms", ttlMillis);
    requireUnsigned("cap_records", capRecords);
    requireUnsigned("cap_bytes", capBytes);
    requireUnsigned("idempotency_window_ms", idempotencyWindowMillis);
    requireUnsigned("max_deliveries", maxDeliveries);
    if (deadLetter != null && !TopicName.isValid(deadLetter)) {
      throw new IllegalArgumentException("dead_letter must be a topic name");
    }
    priority = priority == null ? null : Math.clamp(priority, -PRIORITY_MAX, PRIORITY_MAX);
    leaseMillis = Math.clamp(leaseMillis, LEASE_MILLIS_MIN, LEASE_MILLIS_MAX);
    claimJitterMillis = Math.clamp(claimJitterMillis, 0, JITTER_MILLIS_MAX);
    backoffMillis = clampedBackoff(backoffMillis);
  }

  private static List<Long> clampedBackoff(List<Long> steps) {
    if (steps.size() > BACKOFF_STEPS_MAX) {
      throw new IllegalArgumentException(
          "backoff_ms has at most " + BACKOFF_STEPS_MAX + " steps, not " + steps.size());
    }
    List<Long> clamped = new ArrayList<>(steps.size());
    for (long step : steps) {
      requireUnsigned("backoff_ms", step);
      clamped.add(Math.min(step, DELAY_MILLIS_MAX));
    }
    return List.copyOf(clamped);
  }

  /// Whether acks wait for stable storage: the `durable` field of the contract.
  public boolean durable() {
    return durability == Durability.FSYNC;
  }

  /// Whether some cap is set.
  public boolean capped() {
    return capRecords > 0 || capBytes > 0;
  }

  /// Whether a write is refused that does not fit below the caps.
  public boolean refusesAboveCaps() {
    return capped() && discard == Discard.REJECT;
  }

  /// A builder that starts from this configuration.
  public Builder toBuilder() {
    return new Builder(this);
  }

  private static void requireUnsigned(String field, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(field + " must not be negative");
    }
  }

  /// The fields of a configuration, to be changed one by one.
  public static final class Builder {
    private TopicType type;
    private long ttlMillis;
    private long capRecords;
    private long capBytes;
    private Discard discard;
    private Durability durability;
    private @Nullable Integer priority;
    private boolean autoPriority;
    private boolean autoCreate;
    private long idempotencyWindowMillis;
    private boolean dedupeNode;
    private long leaseMillis;
    private long claimJitterMillis;
    private long maxDeliveries;
    private @Nullable String deadLetter;
    private boolean leasesDurable;
    private List<Long> backoffMillis;

    private Builder(TopicConfig from) {
      type = from.type;
      ttlMillis = from.ttlMillis;
      capRecords = from.capRecords;
      capBytes = from.capBytes;
      discard = from.discard;
      durability = from.durability;
      priority = from.priority;
      autoPriority = from.autoPriority;
      autoCreate = from.autoCreate;
      idempotencyWindowMillis = from.idempotencyWindowMillis;
      dedupeNode = from.dedupeNode;
      leaseMillis = from.leaseMillis;
      claimJitterMillis = from.claimJitterMillis;
      maxDeliveries = from.maxDeliveries;
      deadLetter = from.deadLetter;
      leasesDurable = from.leasesDurable;
      backoffMillis = from.backoffMillis;
    }

    public Builder type(TopicType value) {
      type = value;
      return this;
    }

    public Builder ttlMillis(long value) {
      ttlMillis = value;
      return this;
    }

    public Builder capRecords(long value) {
      capRecords = value;
      return this;
    }

    public Builder capBytes(long value) {
      capBytes = value;
      return this;
    }

    public Builder discard(Discard value) {
      discard = value;
      return this;
    }

    public Builder durability(Durability value) {
      durability = value;
      return this;
    }

    public Builder priority(@Nullable Integer value) {
      priority = value;
      return this;
    }

    public Builder autoPriority(boolean value) {
      autoPriority = value;
      return this;
    }

    public Builder autoCreate(boolean value) {
      autoCreate = value;
      return this;
    }

    public Builder idempotencyWindowMillis(long value) {
      idempotencyWindowMillis = value;
      return this;
    }

    public Builder dedupeNode(boolean value) {
      dedupeNode = value;
      return this;
    }

    public Builder leaseMillis(long value) {
      leaseMillis = value;
      return this;
    }

    public Builder claimJitterMillis(long value) {
      claimJitterMillis = value;
      return this;
    }

    public Builder maxDeliveries(long value) {
      maxDeliveries = value;
      return this;
    }

    public Builder deadLetter(@Nullable String value) {
      deadLetter = value;
      return this;
    }

    public Builder leasesDurable(boolean value) {
      leasesDurable = value;
      return this;
    }

    public Builder backoffMillis(List<Long> value) {
      backoffMillis = value;
      return this;
    }

    /// The configuration with the values of this builder.
    ///
    /// @throws IllegalArgumentException as the constructor of [TopicConfig]
    public TopicConfig build() {
      return new TopicConfig(
          type,
          ttlMillis,
          capRecords,
          capBytes,
          discard,
          durability,
          priority,
          autoPriority,
          autoCreate,
          idempotencyWindowMillis,
          dedupeNode,
          leaseMillis,
          claimJitterMillis,
          maxDeliveries,
          deadLetter,
          leasesDurable,
          backoffMillis);
    }
  }
}
