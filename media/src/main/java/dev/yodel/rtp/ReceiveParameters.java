package dev.yodel.rtp;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one media section expects to receive. Immutable.
 *
 * @param mid media identification of the section, or null if SDP gave none
 * @param codecs payload types that may come, not empty
 * @param ssrcs announced synchronisation sources ({@code a=ssrc}), maybe none; at most 1,024 count
 * @param rtxSsrcs retransmission source by the source it repairs ({@code ssrc-group:FID})
 * @param rids announced simulcast streams, at most 16
 * @param extensions identifiers of the header extensions to read
 */
public record ReceiveParameters(
        @Nullable String mid,
        List<RtpCodec> codecs,
        Set<Long> ssrcs,
        Map<Long, Long> rtxSsrcs,
        List<String> rids,
        HeaderExtensionIds extensions) {
    /** Most simulcast streams of one receiver. */
    public static final int MAX_RIDS = 16;

    /**
     * Checks and copies.
     *
     * @throws IllegalArgumentException if there is no codec, or too many rids
     */
    public ReceiveParameters {
        if (codecs.isEmpty()) {
            throw new IllegalArgumentException("a receiver needs a payload type");
        }
        if (rids.size() > MAX_RIDS) {
            throw new IllegalArgumentException("at most " + MAX_RIDS + " rids, were " + rids.size());
        }
        checkIdentifier("mid", mid);
        codecs = List.copyOf(codecs);
        ssrcs = Set.copyOf(ssrcs);
        rtxSsrcs = Map.copyOf(rtxSsrcs);
        rids = List.copyOf(rids);
    }

    /**
     * A section without retransmission and simulcast.
     *
     * @param mid media identification, or null
     * @param codecs payload types
     * @param ssrcs announced sources
     * @param extensions identifiers
     */
    public ReceiveParameters(
            @Nullable String mid, List<RtpCodec> codecs, Set<Long> ssrcs, HeaderExtensionIds extensions) {
        this(mid, codecs, ssrcs, Map.of(), List.of(), extensions);
    }

    static void checkIdentifier(String what, @Nullable String value) {
        if (value != null) {
            int length = value.getBytes(StandardCharsets.UTF_8).length;
            if (length < 1 || length > 255) {
                throw new IllegalArgumentException("a " + what + " has 1 to 255 bytes, was " + length);
            }
        }
    }
}
