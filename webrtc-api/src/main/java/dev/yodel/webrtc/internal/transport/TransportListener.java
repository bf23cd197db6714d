package dev.yodel.webrtc.internal.transport;

import dev.yodel.dtls.DtlsFailure;
import dev.yodel.dtls.DtlsState;
import dev.yodel.ice.Candidate;
import dev.yodel.ice.CandidatePair;
import dev.yodel.ice.GatheringState;
import dev.yodel.ice.IceRole;
import dev.yodel.ice.IceState;
import dev.yodel.sctp.dcep.ChannelParameters;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** What a transport tells the signaling side. Called on the loop, never from inside a call of the signaling side. */
public interface TransportListener {
    /**
     * Gathering went on.
     *
     * @param state new, gathering or complete
     * @param ufrag the user fragment of the generation that it is about
     */
    void onIceGatheringState(GatheringState state, String ufrag);

    /**
     * A candidate of ours to be signaled, while gathering or later.
     *
     * @param candidate with the user fragment of its generation
     */
    void onLocalCandidate(Candidate candidate);

    /**
     * The same, with the server that gave it.
     *
     * @param candidate the candidate
     * @param url the STUN or TURN server's, empty for none
     */
    default void onLocalCandidate(Candidate candidate, String url) {
        onLocalCandidate(candidate);
    }

    /**
     * A server did not answer as it should.
     *
     * @param local our address, null if none was in use
     * @param url the server's
     * @param errorCode STUN error code, 701 if it was not reached
     * @param errorText in words
     */
    void onCandidateError(@Nullable InetSocketAddress local, String url, int errorCode, String errorText);

    /**
     * ICE's state changed.
     *
     * @param state the new state
     */
    void onIceState(IceState state);

    /**
     * ICE's role changed by a role conflict.
     *
     * @param role the new role
     */
    void onIceRole(IceRole role);

    /**
     * Data goes to another pair from now on.
     *
     * @param pair the pair
     */
    void onSelectedPair(CandidatePair pair);

    /**
     * The DTLS state changed. {@link TransportStack#snapshot()} has the peer's certificates.
     *
     * @param state the new state
     */
    void onDtlsState(DtlsState state);

    /**
     * DTLS failed: its state is failed now.
     *
     * @param reason what happened
     * @param words the same in words, without secrets
     * @param alert the alert that was sent or received, -1 for none
     */
    default void onDtlsFailed(DtlsFailure reason, String words, int alert) {
        onDtlsState(DtlsState.FAILED);
        onDtlsFailure(reason, words);
    }

    /**
     * ICE found no path, or lost it.
     *
     * @param words why, without secrets
     */
    void onIceFailure(String words);

    /**
     * The DTLS association failed.
     *
     * @param reason why
     * @param words the same for people, without secrets
     */
    void onDtlsFailure(DtlsFailure reason, String words);

    /**
     * Media of a section comes, for the first time or again.
     *
     * @param mid the section
     */
    void onRemoteMedia(String mid);

    /**
     * A section receives another stream, or others contribute to it; only told where somebody wants to know.
     *
     * @param mid the section
     * @param synchronization whether the SSRC changed
     * @param contributing whether the CSRCs changed
     */
    default void onRemoteSources(String mid, boolean synchronization, boolean contributing) {}

    /**
     * What a section sends has another source from now on, because the peer uses the old one too (RFC 3550 8.2).
     *
     * @param mid the section
     * @param before the SSRC that was announced
     * @param now the one that is in use
     */
    default void onLocalSource(String mid, long before, long now) {}

    /**
     * The peer said that a section's source stopped (RTCP BYE), or it was silent for long.
     *
     * @param mid the section
     */
    void onRemoteSilence(String mid);

    /**
     * The association of data channels is up.
     *
     * @param maxChannels how many it can carry
     */
    default void onSctpConnected(int maxChannels) {}

    /**
     * The association of data channels is over.
     *
     * @param failure why it broke, in words; null if it ended in peace
     */
    default void onSctpClosed(@Nullable String failure) {}

    /**
     * The peer has opened a data channel.
     *
     * @param id its stream
     * @param parameters what it is like
     * @return our end of it
     */
    ChannelEnd onRemoteChannel(int id, ChannelParameters parameters);

    /**
     * How much a section may send changed.
     *
     * @param mid the section
     * @param bps bits per second, with headers and repetitions
     */
    void onTargetBitrate(String mid, long bps);

    /**
     * How much the whole transport may send changed; what each section may send follows.
     *
     * @param bps bits per second, with headers and repetitions
     */
    default void onTransportBitrate(long bps) {}

    /**
     * The peer needs a key frame of what a section sends (RFC 4585 6.3.1).
     *
     * @param mid the section
     * @param rid the simulcast layer; null if there is one stream only
     */
    void onKeyFrameRequest(String mid, @Nullable String rid);
}
