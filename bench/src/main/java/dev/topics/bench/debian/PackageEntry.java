package dev.topics.bench.debian;

import dev.topics.bench.remote.Bytes;

/// A package as it is sent: `tag` and `data` are JSON texts without insignificant whitespace.
record PackageEntry(Bytes tag, Bytes data) {
  PackageEntry {
    if (tag.isEmpty() || data.isEmpty()) {
      throw new IllegalArgumentException("a package without content");
    }
  }
}
