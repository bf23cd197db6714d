package dev.yodel.webrtc;

import dev.yodel.io.Registration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCIceTransport: finds and keeps the path to the peer (RFC 8445). Any thread.
 *
 * @see <a href="https://www.w3.org/TR/webrtc/#rtcicetransport">WebRTC 1.0, 5.6</a>
 */
public interface IceTransport {
    /**
     * Who decides about the pair.
     *
     * @return unknown before the first description; whoever makes the first offer is controlling, unless the peer is
     *     lite or both think so
     */
    IceRole role();

    /**
     * What it carries.
     *
     * @return always RTP, with RTCP on the same port
     */
    IceComponent component();

    /**
     * The state.
     *
     * @return as of the last event
     */
    IceTransportState state();

    /**
     * How far gathering is.
     *
     * @return as of the last event
     */
    IceGathererState gatheringState();

    /**
     * Our candidates so far.
     *
     * @return an immutable list
     */
    List<IceCandidate> getLocalCandidates();

    /**
     * The peer's candidates so far.
     *
     * @return an immutable list
     */
    List<IceCandidate> getRemoteCandidates();

    /**
     * The pair in use.
     *
     * @return null before the first
     */
    @Nullable
    IceCandidatePair getSelectedCandidatePair();

    /**
     * Our credentials.
     *
     * @return null before a local description
     */
    @Nullable
    IceParameters getLocalParameters();

    /**
     * The peer's credentials.
     *
     * @return null before a remote description
     */
    @Nullable
    IceParameters getRemoteParameters();

    /**
     * W3C's statechange.
     *
     * @param listener runs on the connection's lane
     * @return removes it
     */
    Registration onStateChange(Runnable listener);

    /**
     * W3C's gatheringstatechange.
     *
     * @param listener runs on the connection's lane
     * @return removes it
     */
    Registration onGatheringStateChange(Runnable listener);

    /**
     * W3C's selectedcandidatepairchange.
     *
     * @param listener runs on the connection's lane
     * @return removes it
     */
    Registration onSelectedCandidatePairChange(Runnable listener);
}
