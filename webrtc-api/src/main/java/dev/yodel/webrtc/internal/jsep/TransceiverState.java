package dev.yodel.webrtc.internal.jsep;

import dev.yodel.sdp.Direction;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.RtpEncodingParameters;
import dev.yodel.webrtc.RtpHeaderExtensionCapability;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One transceiver of a {@link JsepState}. Seen from outside it never changes: only the draft of a state that the
 * {@link Negotiator} is computing is written to, and a draft owns copies.
 */
public final class TransceiverState {
    /** A simulcast of three pictures is what the browsers send, too. */
    public static final int MAX_ENCODINGS = 3;

    final int id;
    final MediaKind kind;
    final long rtxSsrc;
    final long fecSsrc;
    final String receiverTrackId;
    final String cname;
    /** Another one after a collision (RFC 3550 8.2). */
    long ssrc;

    Direction direction;
    boolean stopping;
    boolean stopped;
    boolean hasTrack;
    String senderTrackId;
    List<String> streams;
    boolean usedByAddTrack;
    boolean createdByAddTrack;
    boolean createdByRemote;
    boolean everSent;
    List<Codec> preferences;
    List<RtpEncodingParameters> encodings;
    /** The simulcast streams that our offers ask for while none are negotiated. */
    List<String> receiveRids = List.of();

    /** What stood there before the pending remote offer asked for simulcast; null if it did not. */
    @Nullable
    List<RtpEncodingParameters> encodingsBefore;

    List<RtpHeaderExtensionCapability> extensions;
    boolean extensionsNegotiated;
    Association association = Association.NONE;

    TransceiverState(
            int id,
            MediaKind kind,
            long ssrc,
            long rtxSsrc,
            long fecSsrc,
            String receiverTrackId,
            String cname,
            Direction direction,
            boolean hasTrack,
            String senderTrackId,
            List<String> streams) {
        this.id = id;
        this.kind = kind;
        this.ssrc = ssrc;
        this.rtxSsrc = rtxSsrc;
        this.fecSsrc = fecSsrc;
        this.receiverTrackId = receiverTrackId;
        this.cname = cname;
        this.direction = direction;
        this.hasTrack = hasTrack;
        this.senderTrackId = senderTrackId;
        this.streams = List.copyOf(streams);
        this.preferences = List.of();
        this.extensions = Extensions.all(kind);
        this.encodings = List.of(
                kind == MediaKind.VIDEO
                        ? RtpEncodingParameters.builder()
                                .scaleResolutionDownBy(1.0)
                                .build()
                        : RtpEncodingParameters.DEFAULT);
    }

    TransceiverState copy() {
        TransceiverState copy = new TransceiverState(
                id, kind, ssrc, rtxSsrc, fecSsrc, receiverTrackId, cname, direction, hasTrack, senderTrackId, streams);
        copy.stopping = stopping;
        copy.stopped = stopped;
        copy.usedByAddTrack = usedByAddTrack;
        copy.createdByAddTrack = createdByAddTrack;
        copy.createdByRemote = createdByRemote;
        copy.everSent = everSent;
        copy.preferences = preferences;
        copy.encodings = encodings;
        copy.receiveRids = receiveRids;
        copy.encodingsBefore = encodingsBefore;
        copy.extensions = extensions;
        copy.extensionsNegotiated = extensionsNegotiated;
        copy.association = association;
        return copy;
    }

    /** The ids of the encodings, if they are streams of a simulcast. */
    List<String> rids() {
        List<String> rids = new ArrayList<>();
        for (RtpEncodingParameters encoding : encodings) {
            if (encoding.rid() != null) {
                rids.add(encoding.rid());
            }
        }
        return rids;
    }

    /** W3C: a remote offer that asks for simulcast makes the encodings, if the application has not. */
    void propose(List<String> rids) {
        if (rids.isEmpty()
                || kind != MediaKind.VIDEO
                || encodings.size() != 1
                || encodings.get(0).rid() != null) {
            return;
        }
        encodingsBefore = encodings;
        int count = Math.min(rids.size(), MAX_ENCODINGS);
        List<RtpEncodingParameters> proposed = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            proposed.add(RtpEncodingParameters.builder()
                    .rid(rids.get(i))
                    .scaleResolutionDownBy((double) (1L << (count - i - 1)))
                    .build());
        }
        encodings = List.copyOf(proposed);
    }

    /**
     * Its number in the connection; never used twice.
     *
     * @return 0 and up
     */
    public int id() {
        return id;
    }

    /**
     * Audio or video.
     *
     * @return the kind
     */
    public MediaKind kind() {
        return kind;
    }

    /**
     * The SSRC of its sender.
     *
     * @return 1 to 2^32-1
     */
    public long ssrc() {
        return ssrc;
    }

    /**
     * The SSRC of its sender's retransmissions, used if they are negotiated.
     *
     * @return 1 to 2^32-1
     */
    public long rtxSsrc() {
        return rtxSsrc;
    }

    /**
     * The source that parity of FlexFEC would have.
     *
     * @return 1 to 2^32-1
     */
    public long fecSsrc() {
        return fecSsrc;
    }

    /**
     * The id of its receiver's track.
     *
     * @return the id
     */
    public String receiverTrackId() {
        return receiverTrackId;
    }

    /**
     * What the application wants.
     *
     * @return the direction, whatever was negotiated
     */
    public Direction direction() {
        return direction;
    }

    /**
     * Whether {@code stop()} was called or the section was rejected.
     *
     * @return true from then on
     */
    public boolean stopping() {
        return stopping;
    }

    /**
     * Whether the end is negotiated.
     *
     * @return true from then on
     */
    public boolean stopped() {
        return stopped;
    }

    /**
     * Whether the sender has a track.
     *
     * @return true with a track
     */
    public boolean hasTrack() {
        return hasTrack;
    }

    /**
     * The streams that our track is announced in.
     *
     * @return ids, possibly none
     */
    public List<String> streams() {
        return streams;
    }

    /**
     * W3C's [[SendEncodings]].
     *
     * @return one, or one for each simulcast stream
     */
    public List<RtpEncodingParameters> encodings() {
        return encodings;
    }

    /**
     * The header extensions of the next description.
     *
     * @return all that its kind has, stopped ones among them
     */
    public List<RtpHeaderExtensionCapability> extensions() {
        return extensions;
    }

    /**
     * The header extensions of the last answer.
     *
     * @return all that its kind has, stopped where not negotiated
     */
    public List<RtpHeaderExtensionCapability> negotiatedExtensions() {
        return Extensions.negotiated(
                extensions, extensionsNegotiated ? association.media().extensions() : List.of());
    }

    /**
     * What descriptions have done to it.
     *
     * @return the association
     */
    public Association association() {
        return association;
    }

    /**
     * The direction to show as W3C's currentDirection.
     *
     * @return null before an answer
     */
    public @Nullable Direction currentDirection() {
        return association.current();
    }

    private List<Object> fields() {
        return Arrays.asList(
                id,
                kind,
                ssrc,
                rtxSsrc,
                fecSsrc,
                receiverTrackId,
                direction,
                stopping,
                stopped,
                hasTrack,
                senderTrackId,
                streams,
                usedByAddTrack,
                createdByAddTrack,
                createdByRemote,
                everSent,
                preferences,
                encodings,
                encodingsBefore,
                extensions,
                extensionsNegotiated,
                association);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TransceiverState that && that.fields().equals(fields());
    }

    @Override
    public int hashCode() {
        return fields().hashCode();
    }

    @Override
    public String toString() {
        return "transceiver " + id + " " + kind + " mid=" + association.mid() + " " + direction
                + (stopped ? " stopped" : stopping ? " stopping" : "") + " current=" + association.current();
    }
}
