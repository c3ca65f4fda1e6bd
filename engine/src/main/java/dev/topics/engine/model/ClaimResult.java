package dev.topics.engine.model;

/// What became of a claim.
public sealed interface ClaimResult permits ClaimedJobs, Refusal {}
