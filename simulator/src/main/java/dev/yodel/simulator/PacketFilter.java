package dev.yodel.simulator;

import java.util.BitSet;
import java.util.function.Predicate;

/**
 * Decides which packets are lost at the moment they are sent. It sees every datagram and every segment once, in order. A
 * dropped segment of a stream is sent again by the stream, later.
 */
@FunctionalInterface
public interface PacketFilter {
    /**
     * Decides about one packet.
     *
     * @param packet as its sender sent it
     * @return false drops it
     */
    boolean passes(Packet packet);

    /**
     * Drops the first packets that match.
     *
     * @param count how many
     * @param which a test
     * @return a filter
     */
    static PacketFilter dropFirst(int count, Predicate<Packet> which) {
        int[] left = {count};
        return packet -> {
            if (left[0] > 0 && which.test(packet)) {
                left[0]--;
                return false;
            }
            return true;
        };
    }

    /**
     * Drops some of the packets that match, by their place among them.
     *
     * @param which a test
     * @param places 0 for the first that matches
     * @return a filter
     */
    static PacketFilter dropPlaces(Predicate<Packet> which, int... places) {
        BitSet dropped = new BitSet();
        for (int place : places) {
            dropped.set(place);
        }
        int[] seen = {0};
        return packet -> !which.test(packet) || !dropped.get(seen[0]++);
    }

    /**
     * Drops all packets that match.
     *
     * @param which a test
     * @return a filter
     */
    static PacketFilter dropAll(Predicate<Packet> which) {
        return packet -> !which.test(packet);
    }
}
