package dev.topics.engine.model;

import java.util.List;

/// Topics in the order of their names; `more` tells whether others follow the last one.
public record TopicPage(List<TopicState> topics, boolean more) {}
