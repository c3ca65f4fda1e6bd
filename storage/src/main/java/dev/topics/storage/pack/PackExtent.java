package dev.topics.storage.pack;

/// Where a pack lies, and how large it is.
///
/// @param bodyBytes bytes of the bodies of all its records
public record PackExtent(Tier tier, long fileBytes, long bodyBytes) {}
