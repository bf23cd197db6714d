package dev.yodel.rtp;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Counts the bytes that a piece of code allocates on this thread. */
public final class Allocations {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocations() {}

    /** Bytes allocated by the current thread so far. */
    public static long bytes() {
        return THREADS.getCurrentThreadAllocatedBytes();
    }
}
