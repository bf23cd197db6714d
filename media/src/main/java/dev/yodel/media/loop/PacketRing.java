package dev.yodel.media.loop;

import dev.yodel.io.Bytes;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Hands packets from the loop to a media thread: bounded, without locks, its arrays used again and again. One thread
 * writes and one reads at a time. When full the newest is refused, since the oldest belongs to the reader.
 */
final class PacketRing {
    /** One packet on its way. */
    static final class Packet {
        byte[] data = Bytes.EMPTY;
        int length;
        long sequence;
        long rtpTimestamp;
        boolean restarted;
        boolean noise;
        long arrivalNanos;
    }

    private final Packet[] packets;
    private final AtomicInteger written = new AtomicInteger();
    private final AtomicInteger read = new AtomicInteger();

    /** A ring for a power of two of packets. */
    PacketRing(int capacity) {
        packets = new Packet[capacity];
        for (int i = 0; i < capacity; i++) {
            packets[i] = new Packet();
        }
    }

    boolean offer(
            long sequence,
            long rtpTimestamp,
            boolean restarted,
            boolean noise,
            byte[] data,
            int offset,
            int length,
            long arrival) {
        int at = written.get();
        if (at - read.get() == packets.length) {
            return false;
        }
        Packet packet = packets[at & (packets.length - 1)];
        if (packet.data.length < length) {
            packet.data = new byte[Math.max(256, length)];
        }
        System.arraycopy(data, offset, packet.data, 0, length);
        packet.length = length;
        packet.sequence = sequence;
        packet.rtpTimestamp = rtpTimestamp;
        packet.restarted = restarted;
        packet.noise = noise;
        packet.arrivalNanos = arrival;
        written.set(at + 1);
        return true;
    }

    /** The oldest packet or null; it stays the ring's, and taken until {@link #release}. */
    @Nullable
    Packet peek() {
        int at = read.get();
        return at == written.get() ? null : packets[at & (packets.length - 1)];
    }

    void release() {
        read.incrementAndGet();
    }
}
