package dev.yodel.webrtc;

import dev.yodel.io.Registration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCPeerConnection: a connection to one peer, set up by offers and answers that the application carries. It does
 * no signaling of its own; {@link Negotiation} is a pattern for it. Made by {@link PeerConnectionFactory}.
 *
 * <p>Every method may be called from any thread. Events and the reactions of the returned futures run on the
 * connection's lane, one at a time, in W3C's order; inside a listener every getter has the value of that moment. A future
 * fails with the {@link RtcException} that W3C names, or with {@link InvalidStateException} when the connection is
 * closed meanwhile. Waiting for a future on the lane throws {@link IllegalStateException}.
 *
 * <p>What has to come before a later event, such as telling a description before its candidates, is attached to the
 * future on the lane: in a listener, like that of {@link #onNegotiationNeeded}, as {@link Negotiation} does. On
 * another thread the event may come between the call and the attaching.
 *
 * @see <a href="https://www.w3.org/TR/webrtc/#rtcpeerconnection-interface">WebRTC 1.0, 4.4; RFC 9429</a>
 */
public interface PeerConnection extends AutoCloseable {
    /**
     * Describes what this side wants to send and receive. It changes nothing.
     *
     * @return an offer for {@link #setLocalDescription(SessionDescription)}
     */
    default CompletableFuture<SessionDescription> createOffer() {
        return createOffer(OfferOptions.DEFAULT);
    }

    /**
     * Describes what this side wants to send and receive.
     *
     * @param options whether to restart ICE
     * @return an offer for {@link #setLocalDescription(SessionDescription)}
     */
    CompletableFuture<SessionDescription> createOffer(OfferOptions options);

    /**
     * Describes what this side accepts of the remote offer. It changes nothing.
     *
     * @return an answer for {@link #setLocalDescription(SessionDescription)}; fails with {@link InvalidStateException}
     *     if there is no remote offer
     */
    CompletableFuture<SessionDescription> createAnswer();

    /**
     * Creates and applies the description that the signaling state calls for, an offer or an answer.
     *
     * @return the description that was set, to be sent to the peer
     */
    CompletableFuture<SessionDescription> setLocalDescription();

    /**
     * Applies a local description and begins to gather candidates.
     *
     * @param description what {@link #createOffer()} or {@link #createAnswer()} gave, or a rollback
     * @return completes when it is applied; fails with {@link InvalidModificationException} if the text was changed and
     *     with {@link InvalidStateException} in the wrong signaling state
     */
    CompletableFuture<Void> setLocalDescription(SessionDescription description);

    /**
     * Applies the peer's description. A remote offer that meets a local one rolls the local one back.
     *
     * @param description an offer, answer, provisional answer or rollback
     * @return completes when it is applied; fails with {@link RtcErrorException} for bad syntax,
     *     {@link InvalidAccessException} for content that does not fit, {@link InvalidStateException} in the wrong
     *     signaling state
     */
    CompletableFuture<Void> setRemoteDescription(SessionDescription description);

    /**
     * Adds a candidate of the peer. One that comes before the remote description is kept for it (at most 256), since
     * descriptions and candidates may reach a connection by different threads; with {@link Settings#singleLane()}, where
     * the order is the browser's, it is refused as W3C says.
     *
     * @param candidate the candidate; null, or one with an empty text, for the end of candidates
     * @return completes when it is taken; fails with {@link OperationException} if it does not belong to the remote
     *     description or cannot be read, and with {@link InvalidStateException} on a single lane without a description
     */
    default CompletableFuture<Void> addIceCandidate(@Nullable IceCandidate candidate) {
        return candidate == null ? addIceCandidate() : addIceCandidate(candidate.toJson());
    }

    /**
     * Adds a candidate as it was signaled.
     *
     * @param candidate the candidate; one with an empty text for the end of candidates of its section, or of all if it
     *     names none
     * @return see {@link #addIceCandidate(IceCandidate)}; fails with {@link IllegalArgumentException} if it has a text and
     *     names no section
     */
    CompletableFuture<Void> addIceCandidate(IceCandidateInit candidate);

    /**
     * The peer has no more candidates.
     *
     * @return see {@link #addIceCandidate(IceCandidate)}
     */
    default CompletableFuture<Void> addIceCandidate() {
        return addIceCandidate(new IceCandidateInit("", null, null, null));
    }

    /** Makes the next offer ask for new ICE credentials, and a negotiation needed. */
    void restartIce();

    /**
     * The newest local description.
     *
     * @return with the candidates gathered so far; null before the first
     */
    default @Nullable SessionDescription localDescription() {
        SessionDescription pending = pendingLocalDescription();
        return pending != null ? pending : currentLocalDescription();
    }

    /**
     * The local description in force.
     *
     * @return null before the first complete exchange
     */
    @Nullable
    SessionDescription currentLocalDescription();

    /**
     * The local description that waits for its counterpart.
     *
     * @return null if none does
     */
    @Nullable
    SessionDescription pendingLocalDescription();

    /**
     * The newest remote description.
     *
     * @return with the candidates added so far; null before the first
     */
    default @Nullable SessionDescription remoteDescription() {
        SessionDescription pending = pendingRemoteDescription();
        return pending != null ? pending : currentRemoteDescription();
    }

    /**
     * The remote description in force.
     *
     * @return null before the first complete exchange
     */
    @Nullable
    SessionDescription currentRemoteDescription();

    /**
     * The remote description that waits for its counterpart.
     *
     * @return null if none does
     */
    @Nullable
    SessionDescription pendingRemoteDescription();

    /**
     * Where the exchange of descriptions stands.
     *
     * @return the state
     */
    SignalingState signalingState();

    /**
     * How far gathering is.
     *
     * @return the state
     */
    IceGatheringState iceGatheringState();

    /**
     * All ICE transports in one word.
     *
     * @return the state
     */
    IceConnectionState iceConnectionState();

    /**
     * ICE and DTLS of all transports in one word.
     *
     * @return the state
     */
    ConnectionState connectionState();

    /**
     * Whether the peer can take candidates that follow its description.
     *
     * @return null before a remote description
     */
    @Nullable
    Boolean canTrickleIceCandidates();

    /**
     * The configuration as it was given or last set.
     *
     * @return the value
     */
    Configuration getConfiguration();

    /**
     * Changes the configuration; servers and transport policy take effect with the next gathering.
     *
     * @param configuration the new value
     * @throws InvalidModificationException if the bundle policy, the mux policy or the certificates differ
     * @throws InvalidStateException if the connection is closed
     */
    void setConfiguration(Configuration configuration);

    /**
     * Sends a track, in a transceiver that waits for one or in a new one. A received track is relayed.
     *
     * @param track a track made by this library
     * @param streams what the peer is told that it belongs to
     * @return its sender
     * @throws InvalidAccessException if the connection has a sender for this track already
     * @throws InvalidStateException if the connection is closed
     */
    RtpSender addTrack(MediaStreamTrack track, MediaStream... streams);

    /**
     * Stops sending a sender's track; its transceiver stays.
     *
     * @param sender a sender of this connection
     * @throws InvalidAccessException if it is another connection's
     * @throws InvalidStateException if the connection is closed
     */
    void removeTrack(RtpSender sender);

    /**
     * Adds a transceiver without a track.
     *
     * @param kind audio or video
     * @return the transceiver, which sends and receives once negotiated
     * @throws InvalidStateException if the connection is closed
     */
    default RtpTransceiver addTransceiver(MediaKind kind) {
        return addTransceiver(kind, RtpTransceiverInit.DEFAULT);
    }

    /**
     * Adds a transceiver without a track.
     *
     * @param kind audio or video
     * @param init direction and streams
     * @return the transceiver
     * @throws InvalidStateException if the connection is closed
     */
    RtpTransceiver addTransceiver(MediaKind kind, RtpTransceiverInit init);

    /**
     * Adds a transceiver that sends a track.
     *
     * @param track a track made by this library
     * @param init direction and streams
     * @return the transceiver
     * @throws InvalidStateException if the connection is closed
     */
    RtpTransceiver addTransceiver(MediaStreamTrack track, RtpTransceiverInit init);

    /**
     * The transceivers that are not stopped for good, in the order of their making.
     *
     * @return an immutable list
     */
    List<RtpTransceiver> getTransceivers();

    /**
     * Their senders.
     *
     * @return an immutable list
     */
    List<RtpSender> getSenders();

    /**
     * Their receivers.
     *
     * @return an immutable list
     */
    List<RtpReceiver> getReceivers();

    /**
     * Makes an ordered, reliable data channel that the peer is told of.
     *
     * @param label a name for it, at most 65535 bytes of UTF-8
     * @return the channel, which opens when the connection is there
     * @throws InvalidStateException if the connection is closed
     * @throws OperationException if no stream is free
     */
    default DataChannel createDataChannel(String label) {
        return createDataChannel(label, DataChannelInit.DEFAULT);
    }

    /**
     * Makes a data channel.
     *
     * @param label a name for it, at most 65535 bytes of UTF-8
     * @param init what it is to be like
     * @return the channel, which opens when the connection is there
     * @throws InvalidStateException if the connection is closed
     * @throws IllegalArgumentException if label or protocol are too long, both limits are set, or a negotiated channel has
     *     no id below 65535
     * @throws OperationException if the id is in use or beyond what the association has, or no stream is free
     */
    DataChannel createDataChannel(String label, DataChannelInit init);

    /**
     * The transport of the data channels.
     *
     * @return null until data channels are negotiated
     */
    @Nullable
    SctpTransport sctp();

    /**
     * Statistics of everything.
     *
     * @return the report
     */
    CompletableFuture<StatsReport> getStats();

    /**
     * Statistics of what one track needs.
     *
     * @param selector a track that is sent or received here; null for everything
     * @return the report; fails with {@link InvalidAccessException} unless exactly one sender or receiver has the track
     */
    CompletableFuture<StatsReport> getStats(@Nullable MediaStreamTrack selector);

    /**
     * Ours, beyond W3C: waits for the connection to work.
     *
     * @return completes when {@link #connectionState()} is connected; fails with {@link OperationException}, whose
     *     message has the reason in words, when it fails, and with {@link InvalidStateException} when it is closed
     */
    CompletableFuture<Void> connected();

    /**
     * Ours, beyond W3C: waits for all candidates, for signaling without trickle.
     *
     * @return yields the local description with all its candidates; fails with {@link InvalidStateException} if the
     *     connection is closed first
     */
    CompletableFuture<SessionDescription> gatheringComplete();

    /**
     * How much this connection may send changed: what the congestion control of its transport allows, for who shares it out
     * among many senders, as a relay does; {@link RtpSender#onTargetBitrate} is each sender's equal part. On an unbundled
     * connection each transport tells its own. Ours, beyond W3C.
     *
     * @param listener gets bits per second, with headers and repetitions; runs on the connection's lane
     * @return removes it
     */
    Registration onTargetBitrate(LongConsumer listener);

    /**
     * W3C's negotiationneeded: an exchange of descriptions is needed.
     *
     * @param listener runs on the connection's lane
     * @return removes it
     */
    Registration onNegotiationNeeded(Runnable listener);

    /**
     * W3C's icecandidate: a local candidate for the peer.
     *
     * @param listener runs on the connection's lane
     * @return removes it
     */
    Registration onIceCandidate(Consumer<PeerConnectionIceEvent> listener);

    /**
     * W3C's icecandidateerror: a server could not be used.
     *
     * @param listener runs on the connection's lane
     * @return removes it
     */
    Registration onIceCandidateError(Consumer<PeerConnectionIceErrorEvent> listener);

    /**
     * W3C's signalingstatechange.
     *
     * @param listener runs on the connection's lane
     * @return removes it
     */
    Registration onSignalingStateChange(Runnable listener);

    /**
     * W3C's iceconnectionstatechange.
     *
     * @param listener runs on the connection's lane
     * @return removes it
     */
    Registration onIceConnectionStateChange(Runnable listener);

    /**
     * W3C's icegatheringstatechange.
     *
     * @param listener runs on the connection's lane
     * @return removes it
     */
    Registration onIceGatheringStateChange(Runnable listener);

    /**
     * W3C's connectionstatechange.
     *
     * @param listener runs on the connection's lane
     * @return removes it
     */
    Registration onConnectionStateChange(Runnable listener);

    /**
     * W3C's track: the peer sends a track.
     *
     * @param listener runs on the connection's lane
     * @return removes it
     */
    Registration onTrack(Consumer<TrackEvent> listener);

    /**
     * W3C's datachannel: the peer has opened a channel.
     *
     * @param listener runs on the connection's lane; what it adds to the channel misses no message
     * @return removes it
     */
    Registration onDataChannel(Consumer<DataChannelEvent> listener);

    /**
     * Ends the connection at once. No event follows; futures that are not complete fail with
     * {@link InvalidStateException}. Closing twice is harmless.
     */
    @Override
    void close();
}
