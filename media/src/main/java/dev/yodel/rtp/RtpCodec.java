package dev.yodel.rtp;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one payload type means on one media section, as negotiated by SDP ({@code rtpmap}, {@code fmtp},
 * {@code rtcp-fb}). It holds no codec. Immutable.
 *
 * @param payloadType 0 to 127
 * @param name encoding name, for example {@code opus}; compared without regard to case
 * @param clockRate RTP clock in hertz, positive
 * @param channels count of channels, 1 if the name says nothing about it
 * @param parameters {@code fmtp} parameters, for example {@code apt} of {@code rtx}
 * @param feedback {@code rtcp-fb} values, for example {@code nack}, {@code nack pli}, {@code transport-cc}
 */
public record RtpCodec(
        int payloadType,
        String name,
        int clockRate,
        int channels,
        Map<String, String> parameters,
        Set<String> feedback) {
    private static final int VIDEO_CLOCK = 90_000;

    /**
     * Checks and copies.
     *
     * @throws IllegalArgumentException if a number is out of its range
     */
    public RtpCodec {
        if (payloadType < 0 || payloadType > 127) {
            throw new IllegalArgumentException("a payload type is 0 to 127, was " + payloadType);
        }
        if (clockRate <= 0 || channels <= 0) {
            throw new IllegalArgumentException("clock rate and channels are positive: " + clockRate + ", " + channels);
        }
        parameters = Map.copyOf(parameters);
        feedback = Set.copyOf(feedback);
    }

    /**
     * A codec without parameters and feedback.
     *
     * @param payloadType 0 to 127
     * @param name encoding name
     * @param clockRate RTP clock in hertz
     * @param channels count of channels
     */
    public RtpCodec(int payloadType, String name, int clockRate, int channels) {
        this(payloadType, name, clockRate, channels, Map.of(), Set.of());
    }

    /**
     * Whether this is the retransmission format of RFC 4588.
     *
     * @return true for {@code rtx}
     */
    public boolean isRtx() {
        return name.equalsIgnoreCase("rtx");
    }

    /**
     * Whether this is the format of redundant audio (RFC 2198).
     *
     * @return true for {@code red}
     */
    public boolean isRed() {
        return name.equalsIgnoreCase("red");
    }

    /**
     * Whether this wraps the packets and the parity of video in one stream (RFC 5109 14.1, RFC 2198).
     *
     * @return true for {@code red/90000}
     */
    public boolean isVideoRed() {
        return isRed() && clockRate == VIDEO_CLOCK;
    }

    /**
     * Whether this is the parity of RFC 5109.
     *
     * @return true for {@code ulpfec}
     */
    public boolean isUlpfec() {
        return name.equalsIgnoreCase("ulpfec");
    }

    /**
     * Whether this is the parity of draft-ietf-payload-flexible-fec-scheme-03, a stream of its own.
     *
     * @return true for {@code flexfec-03}
     */
    public boolean isFlexfec() {
        return name.equalsIgnoreCase("flexfec-03");
    }

    /** Whether its packets are a stream of their own that repairs another one. */
    boolean isRepair() {
        return isRtx() || isFlexfec();
    }

    /** Whether its payload is media: neither wrapped nor a repair. */
    boolean isPlain() {
        return !isRed() && !isRepair() && !isUlpfec();
    }

    /**
     * What redundant audio consists of (RFC 2198 5).
     *
     * @return the first payload type that its parameters name, or -1 if this is no redundant audio or names none
     */
    public int redundantPayloadType() {
        if (!isRed() || parameters.isEmpty()) {
            return -1;
        }
        String list = parameters.keySet().iterator().next();
        int slash = list.indexOf('/');
        return payloadType(slash < 0 ? list : list.substring(0, slash));
    }

    /**
     * Whether the peer may ask for lost packets (RFC 4585 6.2.1).
     *
     * @return true if {@code nack} was negotiated
     */
    public boolean nack() {
        return feedback.contains("nack");
    }

    /**
     * Whether arrivals are reported by transport-wide number.
     *
     * @return true if {@code transport-cc} was negotiated, or this is the retransmission of another codec
     */
    public boolean transportFeedback() {
        return feedback.contains("transport-cc") || isRtx();
    }

    /**
     * Whether arrivals are reported by source and sequence number (RFC 8888 6).
     *
     * @return true if {@code ack ccfb} was negotiated
     */
    public boolean congestionFeedback() {
        return feedback.contains("ack ccfb");
    }

    static boolean anyCongestionFeedback(List<RtpCodec> codecs) {
        for (int i = 0; i < codecs.size(); i++) {
            if (codecs.get(i).congestionFeedback()) {
                return true;
            }
        }
        return false;
    }

    /** Whether arrivals of a section's packets are reported: redundant audio does not say so for itself. */
    static boolean anyReports(List<RtpCodec> codecs) {
        for (int i = 0; i < codecs.size(); i++) {
            if (codecs.get(i).feedback().contains("transport-cc")) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether both name the same encoding: name without case, clock rate and channels.
     *
     * @param other another codec, maybe under another payload type
     * @return true if their packets can be relayed one as the other
     */
    public boolean sameEncoding(RtpCodec other) {
        return clockRate == other.clockRate && channels == other.channels && name.equalsIgnoreCase(other.name);
    }

    /**
     * The payload type this one repairs (RFC 4588 8.1).
     *
     * @return {@code apt} of {@code rtx}, or -1
     */
    public int associatedPayloadType() {
        String apt = parameters.get("apt");
        return apt == null ? -1 : payloadType(apt);
    }

    private static int payloadType(String text) {
        if (text.isEmpty() || text.length() > 3) {
            return -1;
        }
        int value = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value <= 127 ? value : -1;
    }
}
