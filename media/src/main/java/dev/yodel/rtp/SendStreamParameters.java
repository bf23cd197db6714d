package dev.yodel.rtp;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One outgoing RTP stream as negotiated. Immutable.
 *
 * @param ssrc 0 to 2^32-1, unique in the session; {@link RtpSession#newSsrc()} gives one
 * @param rtxSsrc synchronisation source of the retransmissions (RFC 4588), or {@link #NO_SSRC}
 * @param fecSsrc synchronisation source of the parity of FlexFEC-03, or {@link #NO_SSRC}
 * @param mid media identification put into the packets until the peer has reported the stream, or null
 * @param rid simulcast stream id, or null
 * @param codecs payload types that may be sent, the preferred one first; not empty
 * @param extensions identifiers of the header extensions to write
 */
public record SendStreamParameters(
        long ssrc,
        long rtxSsrc,
        long fecSsrc,
        @Nullable String mid,
        @Nullable String rid,
        List<RtpCodec> codecs,
        HeaderExtensionIds extensions) {
    /** No synchronisation source. */
    public static final long NO_SSRC = -1;

    /**
     * Checks and copies.
     *
     * @throws IllegalArgumentException if an SSRC is out of range, there is no codec, or an identifier is too long
     */
    public SendStreamParameters {
        if (ssrc < 0 || ssrc > 0xffff_ffffL) {
            throw new IllegalArgumentException("an SSRC is 0 to 2^32-1, was " + ssrc);
        }
        if (rtxSsrc < NO_SSRC || rtxSsrc > 0xffff_ffffL || rtxSsrc == ssrc) {
            throw new IllegalArgumentException("the RTX SSRC is another one or -1, was " + rtxSsrc);
        }
        if (fecSsrc < NO_SSRC
                || fecSsrc > 0xffff_ffffL
                || fecSsrc == ssrc
                || (fecSsrc != NO_SSRC && fecSsrc == rtxSsrc)) {
            throw new IllegalArgumentException("the FEC SSRC is another one or -1, was " + fecSsrc);
        }
        if (codecs.isEmpty()) {
            throw new IllegalArgumentException("a send stream needs a codec");
        }
        ReceiveParameters.checkIdentifier("mid", mid);
        ReceiveParameters.checkIdentifier("rid", rid);
        codecs = List.copyOf(codecs);
    }

    /**
     * A stream without retransmission and simulcast.
     *
     * @param ssrc 0 to 2^32-1
     * @param mid media identification, or null
     * @param codecs the preferred one first
     * @param extensions identifiers
     */
    public SendStreamParameters(long ssrc, @Nullable String mid, List<RtpCodec> codecs, HeaderExtensionIds extensions) {
        this(ssrc, NO_SSRC, NO_SSRC, mid, null, codecs, extensions);
    }

    /**
     * A stream without forward error correction of its own.
     *
     * @param ssrc 0 to 2^32-1
     * @param rtxSsrc synchronisation source of the retransmissions, or {@link #NO_SSRC}
     * @param mid media identification, or null
     * @param rid simulcast stream id, or null
     * @param codecs the preferred one first
     * @param extensions identifiers
     */
    public SendStreamParameters(
            long ssrc,
            long rtxSsrc,
            @Nullable String mid,
            @Nullable String rid,
            List<RtpCodec> codecs,
            HeaderExtensionIds extensions) {
        this(ssrc, rtxSsrc, NO_SSRC, mid, rid, codecs, extensions);
    }

    /**
     * The same under another source, as after a collision (RFC 3550 8.2).
     *
     * @param source 0 to 2^32-1
     * @return new parameters
     */
    public SendStreamParameters withSsrc(long source) {
        return new SendStreamParameters(source, rtxSsrc, fecSsrc, mid, rid, codecs, extensions);
    }
}
