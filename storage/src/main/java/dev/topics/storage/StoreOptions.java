package dev.topics.storage;

import dev.topics.storage.journal.JournalOptions;
import java.security.SecureRandom;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// How a store is opened.
///
/// @param random where the id and the salt of a new store come from
public record StoreOptions(JournalOptions journal, RandomGenerator random) {
  public static StoreOptions defaults() {
    return new StoreOptions(JournalOptions.defaults(), new SecureRandom());
  }

  public StoreOptions withJournal(JournalOptions options) {
    return new StoreOptions(options, random);
  }

  public StoreOptions withJournalFileBytes(int bytes) {
    return withJournal(journal.withFileBytes(bytes));
  }

  public StoreOptions withNanoClock(LongSupplier clock) {
    return withJournal(journal.withNanoClock(clock));
  }
}
