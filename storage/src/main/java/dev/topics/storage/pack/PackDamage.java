package dev.topics.storage.pack;

/// Something in a pack that is not as it was written.
///
/// @param owner whose records it touches; 0 if that is not known, or if it costs nobody anything
/// @param firstSeq the first of them, 0 if that is not known, or if there are none
/// @param lastSeq the last of them, 0 if that is not known, or if there are none
/// @param loss whether records, or the finding of records by their tags, are lost by it
public record PackDamage(
    long pack, long owner, long firstSeq, long lastSeq, boolean loss, String what) {}
