package dev.yodel.webrtc.internal.transport;

import dev.yodel.rtp.ReceivedPacket;

/** Who wants the packets of a received track as they come. */
interface PacketSink {
    /** A packet came, on the loop that {@code from} tells; the view is borrowed for the call. */
    void relay(PacketArrival from, ReceivedPacket packet);
}
