package dev.yodel.webrtc.internal.transport;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Protected packets that came before the keys: a peer that finished the handshake first may already send. At most 64
 * packets and 100 KiB are kept; what is more is dropped and counted. Loop thread only.
 */
final class EarlyMedia {
    static final int MAX_PACKETS = 64;
    static final int MAX_BYTES = 100 * 1024;

    private final ArrayDeque<byte[]> packets = new ArrayDeque<>();
    private int bytes;
    private long dropped;

    void keep(byte[] data, int offset, int length) {
        if (packets.size() == MAX_PACKETS || bytes + length > MAX_BYTES) {
            dropped++;
            return;
        }
        packets.add(Arrays.copyOfRange(data, offset, offset + length));
        bytes += length;
    }

    /** Hands every kept packet over, oldest first, and forgets it. */
    void release(Consumer<byte[]> consumer) {
        bytes = 0;
        for (byte[] packet = packets.poll(); packet != null; packet = packets.poll()) {
            consumer.accept(packet);
        }
    }

    void clear() {
        packets.clear();
        bytes = 0;
    }

    long dropped() {
        return dropped;
    }
}
