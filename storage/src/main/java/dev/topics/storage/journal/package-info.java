/// The write-ahead log: frames become durable in the order they were committed.
@NullMarked
package dev.topics.storage.journal;

import org.jspecify.annotations.NullMarked;
