package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.Environment;
import dev.yodel.io.Time;
import dev.yodel.webrtc.PacketTap;
import dev.yodel.webrtc.PacketTap.Protocol;

/** Where one transport shows its packets in the clear. It changes nothing. Loop thread only. */
public final class TapPoint {
    private final PacketTap tap;
    private final long transport;
    private final long wallOffsetNanos;
    private boolean broken;

    /**
     * A place to look in.
     *
     * @param tap who looks
     * @param transport its number
     * @param environment gives the wall clock
     * @param now loop time
     */
    public TapPoint(PacketTap tap, long transport, Environment environment, long now) {
        this.tap = tap;
        this.transport = transport;
        // A wall clock that jumps later must not turn the capture's time back.
        this.wallOffsetNanos = environment.wallClockMillis() * Time.MILLISECOND - now;
    }

    void show(boolean outgoing, Protocol protocol, byte[] data, int offset, int length, long now) {
        if (broken) {
            return;
        }
        try {
            tap.onPacket(transport, outgoing, protocol, now + wallOffsetNanos, data, offset, length);
        } catch (RuntimeException thrown) {
            // It would throw for each packet, and each would be logged.
            broken = true;
            ListenerErrors.report(thrown, tap);
        }
    }
}
