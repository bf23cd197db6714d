package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.Loop;
import dev.yodel.rtp.ReceivedPacket;

/** Who wants the packets of a received track as they come. */
interface PacketSink {
    /** A packet came, on the loop {@code from}; the view is borrowed for the call. */
    void relay(Loop from, ReceivedPacket packet);
}
