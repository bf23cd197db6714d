package dev.yodel.simulator;

/** Sees every packet of a simulation. It changes nothing. */
@FunctionalInterface
public interface PacketTap {
    /** How far a packet has come. */
    enum Stage {
        /** Its sender has sent it. */
        SENT,
        /** It has arrived at a socket. */
        DELIVERED,
        /** It is lost; the detail says where. */
        DROPPED
    }

    /**
     * A packet was sent, has arrived or was lost.
     *
     * @param stage which of these
     * @param packet the packet as it is at that place
     * @param detail the host's name, or why it was dropped
     */
    void onPacket(Stage stage, Packet packet, String detail);
}
