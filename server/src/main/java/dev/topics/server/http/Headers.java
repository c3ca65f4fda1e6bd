package dev.topics.server.http;

import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/// The header fields of a request. How long its body is says its [RequestHead], not
/// `Content-Length` of these: they may be shared by requests that differ in it.
interface Headers {
  /// The first value of `name` (lower case), without surrounding blanks, or null.
  @Nullable String get(AsciiString name);
}
