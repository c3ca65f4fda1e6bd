package dev.topics.engine.model;

import java.util.List;

/// Some routers in the order of their names, and whether more come behind them.
public record RouterPage(List<RouterInfo> routers, boolean more) {}
