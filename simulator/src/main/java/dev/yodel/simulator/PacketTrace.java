package dev.yodel.simulator;

import dev.yodel.io.Crc32c;
import java.util.ArrayDeque;
import java.util.List;

/**
 * What travelled, as one number and as text: two runs with the same seed have the same hash. It keeps the text of the
 * last packets only.
 */
public final class PacketTrace {
    private static final int KEPT_LINES = 4096;

    private record Line(long time, PacketTap.Stage stage, Packet packet, String detail) {
        @Override
        public String toString() {
            return time / 1e9 + " s " + stage + " " + packet + " (" + detail + ")";
        }
    }

    private final ArrayDeque<Line> lines = new ArrayDeque<>();
    private long hash = 0xcbf29ce484222325L;
    private long sent;
    private long delivered;
    private long dropped;

    PacketTrace() {}

    void add(long time, PacketTap.Stage stage, Packet packet, String detail) {
        mix(time);
        mix(stage.name().hashCode());
        mix(packet.number());
        mix(packet.source().hashCode());
        mix(packet.destination().hashCode());
        mix(packet.length());
        mix(Crc32c.of(packet.bytes(), 0, packet.length()));
        switch (stage) {
            case SENT -> sent++;
            case DELIVERED -> delivered++;
            case DROPPED -> dropped++;
        }
        if (lines.size() == KEPT_LINES) {
            lines.removeFirst();
        }
        lines.add(new Line(time, stage, packet, detail));
    }

    private void mix(long value) {
        hash = (hash ^ value) * 0x100000001b3L;
        hash ^= hash >>> 29;
    }

    /**
     * A number that depends on every packet: its times, addresses, bytes and fate.
     *
     * @return the hash so far
     */
    public long hash() {
        return hash;
    }

    /**
     * Packets sent so far.
     *
     * @return a count
     */
    public long sent() {
        return sent;
    }

    /**
     * Packets that arrived at a socket, duplicates included.
     *
     * @return a count
     */
    public long delivered() {
        return delivered;
    }

    /**
     * Packets lost on the way.
     *
     * @return a count
     */
    public long dropped() {
        return dropped;
    }

    /**
     * The last packets as text, oldest first.
     *
     * @return at most 4096 lines
     */
    public List<String> lines() {
        return lines.stream().map(Line::toString).toList();
    }
}
