package dev.topics.server.http;

import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/// The header fields of a request.
interface Headers {
  /// The first value of `name` (lower case), without surrounding blanks, or null.
  @Nullable String get(AsciiString name);
}
