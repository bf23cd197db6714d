package dev.yodel.webrtc;

import dev.yodel.io.Registration;
import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCSctpTransport: the association that carries all data channels of a connection. Any thread.
 *
 * @see <a href="https://www.w3.org/TR/webrtc/#rtcsctptransport-interface">WebRTC 1.0, 6.1</a>
 */
public interface SctpTransport {
    /**
     * The DTLS transport under it.
     *
     * @return always the same
     */
    DtlsTransport transport();

    /**
     * The state.
     *
     * @return as of the last event
     */
    SctpTransportState state();

    /**
     * The largest message that can be sent: what the peer takes, or what our buffer holds if that is less.
     *
     * @return bytes
     */
    double maxMessageSize();

    /**
     * How many channels can be open at the same time.
     *
     * @return null until connected
     */
    @Nullable
    Integer maxChannels();

    /**
     * W3C's statechange.
     *
     * @param listener runs on the connection's lane
     * @return removes it
     */
    Registration onStateChange(Runnable listener);
}
