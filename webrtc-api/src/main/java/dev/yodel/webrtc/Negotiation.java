package dev.yodel.webrtc;

import dev.yodel.io.Registration;
import dev.yodel.webrtc.internal.PerfectNegotiation;
import java.util.function.Consumer;

/**
 * W3C's perfect-negotiation pattern (WebRTC 1.0, 10.7): both sides may change tracks at any time, and glare resolves
 * itself. It carries nothing: that is the application's {@link Signal}. Any thread.
 */
public final class Negotiation {
    private Negotiation() {}

    /**
     * How the application reaches the peer: reliable and in order, both kinds of message in one line. Incoming messages
     * may be given to the listeners on any thread, one after the other.
     */
    public interface Signal {
        /**
         * Sends a description to the peer; called on the connection's lane.
         *
         * @param description an offer or an answer
         */
        void send(SessionDescription description);

        /**
         * Sends a candidate to the peer; called on the connection's lane.
         *
         * @param candidate a candidate; one with an empty text ends those of its transport
         */
        void send(IceCandidate candidate);

        /**
         * Asks for the descriptions that come.
         *
         * @param listener gets each, in order
         * @return ends it
         */
        Registration onDescription(Consumer<SessionDescription> listener);

        /**
         * Asks for the candidates that come.
         *
         * @param listener gets each, in order
         * @return ends it
         */
        Registration onCandidate(Consumer<IceCandidate> listener);
    }

    /**
     * Negotiates whenever it is needed, answers what comes, and carries candidates both ways. What fails is logged; the
     * connection's states tell the rest.
     *
     * @param connection a connection of this library
     * @param signal the way to the peer
     * @param polite whether this side gives way when both offer at once; the other side must be told the opposite
     * @return ends it; the connection stays
     */
    public static Registration perfect(PeerConnection connection, Signal signal, boolean polite) {
        return PerfectNegotiation.start(connection, signal, polite);
    }
}
