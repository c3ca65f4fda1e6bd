package dev.topics.bench.load;

/// What one repetition measured. CPU is that of a whole process over the measured time, divided by
/// the requests answered in it; negative where it could not be read.
record LoadResult(
    double requestsPerSecond,
    double recordsPerSecond,
    double megabytesPerSecond,
    double p50Micros,
    double p99Micros,
    double p999Micros,
    double maxMicros,
    double serverCpuMicros,
    double driverCpuMicros) {}
