package dev.yodel.webrtc;

import dev.yodel.io.Registration;
import java.util.List;
import java.util.function.Consumer;

/**
 * W3C's RTCDtlsTransport: one association, shared by all bundled m-sections. Any thread.
 *
 * @see <a href="https://www.w3.org/TR/webrtc/#rtcdtlstransport-interface">WebRTC 1.0, 5.5</a>
 */
public interface DtlsTransport {
    /**
     * The ICE transport under it.
     *
     * @return always the same
     */
    IceTransport iceTransport();

    /**
     * The state.
     *
     * @return as of the last event
     */
    DtlsTransportState state();

    /**
     * The peer's certificate and what came with it.
     *
     * @return DER, the peer's own first, fresh arrays; empty before the handshake is done
     */
    List<byte[]> getRemoteCertificates();

    /**
     * W3C's statechange.
     *
     * @param listener runs on the connection's lane
     * @return removes it
     */
    Registration onStateChange(Runnable listener);

    /**
     * W3C's error: the handshake failed or a fatal alert came.
     *
     * @param listener runs on the connection's lane
     * @return removes it
     */
    Registration onError(Consumer<RtcErrorEvent> listener);
}
