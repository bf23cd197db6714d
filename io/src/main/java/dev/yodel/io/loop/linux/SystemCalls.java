package dev.yodel.io.loop.linux;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * The calls of the system that sending in batches takes; tests put failures in their place. Each gives a count, a
 * descriptor or 0, or the negative number of an error. Buffers are direct.
 */
interface SystemCalls {
    /** EINTR: a signal came first. */
    int INTERRUPTED = 4;

    /** EAGAIN: the socket's buffer is full. */
    int FULL = 11;

    /** ENOBUFS: a queue of the system is full. */
    int NO_BUFFERS = 105;

    /** Where a direct buffer lies. */
    long address(ByteBuffer buffer);

    /** sendmmsg(2), without waiting. */
    int send(int descriptor, long messages, int count);

    /** getsockname(2): fills the buffer from its beginning. */
    int name(int descriptor, ByteBuffer address);

    /** Whether it is a datagram socket. */
    boolean isDatagram(int descriptor);

    /** Whether the system takes segments (UDP_SEGMENT, Linux 4.18); an older one would send them as one long datagram. */
    boolean takesSegments(int descriptor);

    /** dup(2). */
    int duplicate(int descriptor);

    /** close(2). */
    int close(int descriptor);

    /** The descriptors that this process has open; empty if that cannot be found out. */
    List<Integer> open();
}
