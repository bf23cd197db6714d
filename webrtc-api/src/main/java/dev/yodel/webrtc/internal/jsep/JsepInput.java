package dev.yodel.webrtc.internal.jsep;

import dev.yodel.dtls.DtlsFingerprint;
import dev.yodel.ice.IceRole;
import dev.yodel.sdp.Direction;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.RtpEncodingParameters;
import dev.yodel.webrtc.RtpHeaderExtensionCapability;
import dev.yodel.webrtc.SdpType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What can happen to a {@link JsepState}. */
public sealed interface JsepInput {
    /**
     * W3C addTrack, after the check that the track has no sender yet.
     *
     * @param kind the track's kind
     * @param trackId its id
     * @param streams ids of the streams to announce
     */
    record AddTrack(MediaKind kind, String trackId, List<String> streams) implements JsepInput {}

    /**
     * W3C addTransceiver.
     *
     * @param kind audio or video
     * @param direction what is wanted
     * @param trackId the track's id; null without a track
     * @param streams ids of the streams to announce
     * @param encodings checked; empty for the default
     * @param receiveRids the simulcast streams that offers ask for
     */
    record AddTransceiver(
            MediaKind kind,
            Direction direction,
            @Nullable String trackId,
            List<String> streams,
            List<RtpEncodingParameters> encodings,
            List<String> receiveRids)
            implements JsepInput {
        /**
         * One with default encodings.
         *
         * @param kind audio or video
         * @param direction what is wanted
         * @param trackId the track's id; null without a track
         * @param streams ids of the streams to announce
         */
        public AddTransceiver(MediaKind kind, Direction direction, @Nullable String trackId, List<String> streams) {
            this(kind, direction, trackId, streams, List.of(), List.of());
        }

        /**
         * One that asks for no simulcast.
         *
         * @param kind audio or video
         * @param direction what is wanted
         * @param trackId the track's id; null without a track
         * @param streams ids of the streams to announce
         * @param encodings checked; empty for the default
         */
        public AddTransceiver(
                MediaKind kind,
                Direction direction,
                @Nullable String trackId,
                List<String> streams,
                List<RtpEncodingParameters> encodings) {
            this(kind, direction, trackId, streams, encodings, List.of());
        }
    }

    /**
     * W3C removeTrack.
     *
     * @param transceiver whose sender it is
     */
    record RemoveTrack(int transceiver) implements JsepInput {}

    /**
     * W3C replaceTrack has been done.
     *
     * @param transceiver whose sender it is
     * @param hasTrack whether there is a track now
     */
    record ReplaceTrack(int transceiver, boolean hasTrack) implements JsepInput {}

    /**
     * A sender goes on under another source, because the peer uses the old one too.
     *
     * @param transceiver whose sender it is
     * @param before the source that collided
     * @param now the one in use
     */
    record ReplaceSsrc(int transceiver, long before, long now) implements JsepInput {}

    /**
     * W3C setStreams.
     *
     * @param transceiver whose sender it is
     * @param streams ids of the streams to announce
     */
    record SetStreams(int transceiver, List<String> streams) implements JsepInput {}

    /**
     * The setter of W3C's direction.
     *
     * @param transceiver which one
     * @param direction what is wanted
     */
    record SetDirection(int transceiver, Direction direction) implements JsepInput {}

    /**
     * W3C setCodecPreferences.
     *
     * @param transceiver which one
     * @param codecs in order of preference; empty for the default
     */
    record SetPreferences(int transceiver, List<Codec> codecs) implements JsepInput {}

    /**
     * W3C setHeaderExtensionsToNegotiate, after its checks.
     *
     * @param transceiver which one
     * @param extensions all that its kind has
     */
    record SetExtensions(int transceiver, List<RtpHeaderExtensionCapability> extensions) implements JsepInput {}

    /**
     * W3C setParameters, after its checks.
     *
     * @param transceiver whose sender it is
     * @param encodings as many as before
     */
    record SetEncodings(int transceiver, List<RtpEncodingParameters> encodings) implements JsepInput {}

    /**
     * W3C stop.
     *
     * @param transceiver which one
     */
    record Stop(int transceiver) implements JsepInput {}

    /** W3C createDataChannel was called, for the first time or again. */
    record WantData() implements JsepInput {}

    /**
     * W3C createOffer; the result is {@link JsepState#lastOffer}.
     *
     * @param iceRestart whether to use new ICE credentials
     * @param fingerprints of our certificate
     */
    record CreateOffer(boolean iceRestart, List<DtlsFingerprint> fingerprints) implements JsepInput {}

    /**
     * W3C createAnswer; the result is {@link JsepState#lastAnswer}.
     *
     * @param fingerprints of our certificate
     */
    record CreateAnswer(List<DtlsFingerprint> fingerprints) implements JsepInput {}

    /**
     * W3C setLocalDescription with a description that was created before.
     *
     * @param type offer, pranswer, answer or rollback
     * @param text what createOffer or createAnswer gave; empty for the last one
     */
    record SetLocal(SdpType type, String text) implements JsepInput {}

    /**
     * W3C setRemoteDescription.
     *
     * @param type offer, pranswer, answer or rollback
     * @param text the SDP
     */
    record SetRemote(SdpType type, String text) implements JsepInput {}

    /**
     * W3C addIceCandidate.
     *
     * @param candidate a line beginning with {@code candidate:}; empty for the end of candidates
     * @param mid the section; null if not told
     * @param index its number; null if not told
     * @param ufrag the generation; null if not told
     */
    record AddRemoteCandidate(String candidate, @Nullable String mid, @Nullable Integer index, @Nullable String ufrag)
            implements JsepInput {}

    /**
     * A transport has gathered a candidate.
     *
     * @param transport its number
     * @param candidate a line beginning with {@code candidate:}
     */
    record LocalCandidate(int transport, String candidate) implements JsepInput {}

    /**
     * A transport has gathered everything.
     *
     * @param transport its number
     */
    record LocalCandidatesComplete(int transport) implements JsepInput {}

    /**
     * A role conflict was decided against us.
     *
     * @param transport where it was
     * @param role ours from now on
     */
    record IceRoleChanged(int transport, IceRole role) implements JsepInput {}

    /** W3C setConfiguration has changed what candidates are gathered. */
    record IceConfigurationChanged() implements JsepInput {}

    /** W3C restartIce. */
    record RestartIce() implements JsepInput {}

    /**
     * W3C's steps to update the negotiation-needed flag have come to a result.
     *
     * @param needed the flag's value
     */
    record SetNegotiationNeeded(boolean needed) implements JsepInput {}
}
