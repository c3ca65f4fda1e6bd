package dev.topics.bench.storage;

import java.lang.management.ManagementFactory;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/// What this JVM holds: objects that live, and memory that was asked for outside of the heap. Files
/// that are mapped do not count.
///
/// @param heapBytes after collections
/// @param nativeBytes 0 if the JVM does not track it (`-XX:NativeMemoryTracking=summary`)
record Memory(long heapBytes, long nativeBytes) {
  private static final int LOOKS = 4;
  private static final long LOOK_MILLIS = 150;
  private static final Pattern OTHER = Pattern.compile("Other \\(reserved=(\\d+)KB");

  /// The least of several looks, as threads of the background allocate a little all the time.
  static Memory now() throws InterruptedException {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < LOOKS; i++) {
      System.gc();
      least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
      Thread.sleep(LOOK_MILLIS);
    }
    return new Memory(least, nativeBytesNow());
  }

  private static long nativeBytesNow() {
    try {
      Object answer =
          ManagementFactory.getPlatformMBeanServer()
              .invoke(
                  new ObjectName("com.sun.management:type=DiagnosticCommand"),
                  "vmNativeMemory",
                  new Object[] {new String[] {"summary"}},
                  new String[] {String[].class.getName()});
      Matcher other = OTHER.matcher(String.valueOf(answer));
      return other.find() ? Long.parseLong(other.group(1)) << 10 : 0;
    } catch (JMException e) {
      return 0;
    }
  }

  long bytes() {
    return heapBytes + nativeBytes;
  }

  Memory beyond(Memory base) {
    return new Memory(heapBytes - base.heapBytes, nativeBytes - base.nativeBytes);
  }
}
