package dev.topics.server.limits;

/// What watches may ask for (http-api §11).
///
/// @param sessionsMax watch sessions at one time
/// @param topicsMax topics of one watch
/// @param limitMax records of one event
public record WatchLimits(int sessionsMax, int topicsMax, int limitMax) {}
