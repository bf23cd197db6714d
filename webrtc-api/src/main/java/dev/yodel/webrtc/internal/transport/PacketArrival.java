package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.Loop;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * On which loop a packet of a track came, and whether it is the same one as before: all that go to subscribers from
 * one arrival are views of the same bytes. One for each received track, used again for each packet; on the loop's
 * thread.
 */
public final class PacketArrival {
    private @Nullable Loop loop;
    private long number;

    /** Of a track that has received nothing yet. */
    public PacketArrival() {}

    /**
     * Another packet came.
     *
     * @param on the loop that this is called on
     */
    public void next(Loop on) {
        loop = on;
        number++;
    }

    /** Where the packet came. */
    Loop loop() {
        return Objects.requireNonNull(loop, "no packet has come");
    }

    /** Another one with each packet. */
    long number() {
        return number;
    }
}
