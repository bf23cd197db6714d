package dev.yodel.simulator;

import dev.yodel.io.SendResult;
import org.jspecify.annotations.Nullable;

/** Lets the system of a host refuse datagrams, as it does without a route, a permission or room. */
@FunctionalInterface
public interface SendFault {
    /**
     * Decides about one datagram.
     *
     * @param packet what is about to be sent
     * @return what the sender is told instead, or null to send it
     */
    @Nullable
    SendResult resultOf(Packet packet);
}
