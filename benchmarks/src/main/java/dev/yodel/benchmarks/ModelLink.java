package dev.yodel.benchmarks;

import java.util.ArrayDeque;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** One direction of a link: random loss, a queue that drops when it is full, a rate, a delay. Nothing overtakes. */
final class ModelLink {
    /** A packet under way: bytes of an association, or numbers of a model. */
    static final class Packet {
        final byte[] bytes = new byte[1_500];
        ModelFlow flow;
        int length;
        long number;
        long sending;
        long arrivesAt;

        Packet(ModelFlow flow) {
            this.flow = flow;
        }
    }

    private final double bitsPerNano;
    private final long queueBytes;
    private final long delayNanos;
    private final double loss;
    private final SplittableRandom random;
    private final ArrayDeque<Packet> underWay = new ArrayDeque<>();
    private final ArrayDeque<Packet> free = new ArrayDeque<>();
    private double busyUntil;

    ModelLink(long bitsPerSecond, long queueBytes, long delayNanos, double loss, long seed) {
        this.bitsPerNano = bitsPerSecond / 1e9;
        this.queueBytes = queueBytes;
        this.delayNanos = delayNanos;
        this.loss = loss;
        this.random = new SplittableRandom(seed);
    }

    /** A packet to be filled and given to {@link #send}. */
    Packet packet(ModelFlow flow) {
        Packet packet = free.poll();
        if (packet == null) {
            return new Packet(flow);
        }
        packet.flow = flow;
        return packet;
    }

    void send(Packet packet, int wireBytes, long now) {
        double start = Math.max((double) now, busyUntil);
        double waitingBytes = (start - now) * bitsPerNano / 8;
        if (random.nextDouble() < loss || waitingBytes + wireBytes > queueBytes) {
            free.add(packet);
            return;
        }
        // Some unevenness, without which flows fall into step with each other as they do nowhere else.
        busyUntil = start + wireBytes * 8 / bitsPerNano * (0.5 + random.nextDouble());
        packet.arrivesAt = (long) busyUntil + delayNanos;
        underWay.add(packet);
    }

    long nextArrival() {
        Packet first = underWay.peek();
        return first == null ? Long.MAX_VALUE : first.arrivesAt;
    }

    @Nullable
    Packet poll(long now) {
        Packet first = underWay.peek();
        return first == null || first.arrivesAt > now ? null : underWay.poll();
    }

    /** Gives a packet back that has arrived. */
    void recycle(Packet packet) {
        free.add(packet);
    }
}
