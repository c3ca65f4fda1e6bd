package dev.topics.bench.crash;

import java.time.Duration;

/// How much trouble is made: in each round the server is killed at a random moment of up to
/// `loadMax` after the load began, and in every fourth or so once more while it recovers.
///
/// @param powerCuts whether a kill takes along what was not synced
record CrashPlan(
    int rounds, int writers, int readers, Duration loadMax, boolean powerCuts, long seed) {}
