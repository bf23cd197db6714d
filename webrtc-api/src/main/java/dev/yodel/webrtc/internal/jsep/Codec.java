package dev.yodel.webrtc.internal.jsep;

import dev.yodel.sdp.Fmtp;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One media format of an m-section: rtpmap, fmtp and rtcp-fb of a payload type in one value.
 *
 * @param payloadType 0 to 127
 * @param name the encoding name, compared without case
 * @param clockRateHz the RTP clock
 * @param channels 1 unless the line says otherwise
 * @param parameters the fmtp value, possibly empty
 * @param feedback rtcp-fb values, for example {@code nack pli}
 */
public record Codec(
        int payloadType, String name, int clockRateHz, int channels, String parameters, List<String> feedback) {
    public Codec {
        feedback = List.copyOf(feedback);
    }

    Codec withPayloadType(int value) {
        return new Codec(value, name, clockRateHz, channels, parameters, feedback);
    }

    Codec withFeedback(List<String> value) {
        return new Codec(payloadType, name, clockRateHz, channels, parameters, value);
    }

    Codec withParameters(String value) {
        return new Codec(payloadType, name, clockRateHz, channels, value, feedback);
    }

    boolean is(String encodingName) {
        return name.equalsIgnoreCase(encodingName);
    }

    /** RTX, RED, FEC, comfort noise and DTMF accompany a codec; a section with nothing else carries no media. */
    public boolean isAuxiliary() {
        return is("rtx") || is("red") || is("ulpfec") || is("flexfec-03") || is("CN") || is("telephone-event");
    }

    /** Whether it is the retransmission of another format (RFC 4588). */
    public boolean isRtx() {
        return is("rtx");
    }

    /** Whether it repeats the frames of another format (RFC 2198). */
    boolean isRed() {
        return is("red");
    }

    /** Whether it wraps the packets and the parity of video (RFC 5109 14.1), and not the frames of audio. */
    boolean isVideoRed() {
        return isRed() && clockRateHz == 90_000;
    }

    /** Redundant audio made of the same codec under its new payload type; null if that codec is not there. */
    @Nullable
    Codec withRedundancy(Map<Integer, Integer> newByOldType) {
        int slash = parameters.indexOf('/');
        String first = slash < 0 ? parameters : parameters.substring(0, slash);
        for (Map.Entry<Integer, Integer> entry : newByOldType.entrySet()) {
            if (Integer.toString(entry.getKey()).equals(first)) {
                return withParameters(entry.getValue() + "/" + entry.getValue());
            }
        }
        return null;
    }

    /** The payload type that an RTX format repairs, as text; empty if it does not say. */
    String repaired() {
        return parameterMap().getOrDefault("apt", "");
    }

    /** An RTX format for the same codec under its new payload type; null if that codec is not there. */
    @Nullable
    Codec withRepairs(Map<Integer, Integer> newByOldType) {
        for (Map.Entry<Integer, Integer> entry : newByOldType.entrySet()) {
            if (Integer.toString(entry.getKey()).equals(repaired())) {
                return withParameters("apt=" + entry.getValue());
            }
        }
        return null;
    }

    /** The fmtp value, one by one, names in lower case. */
    Map<String, String> parameterMap() {
        return new Fmtp(Integer.toString(payloadType), parameters).parameterMap();
    }

    /**
     * Whether the other one is the same codec under another payload type. H.264 formats differ by packetization mode and
     * profile (RFC 6184 8.2.2), VP9 and AV1 by profile, RTX by what it repairs; for others the name, clock and channels
     * decide.
     */
    public boolean matches(Codec other) {
        if (!name.equalsIgnoreCase(other.name) || clockRateHz != other.clockRateHz || channels != other.channels) {
            return false;
        }
        if (is("H264")) {
            Map<String, String> mine = parameterMap();
            Map<String, String> theirs = other.parameterMap();
            return mine.getOrDefault("packetization-mode", "0").equals(theirs.getOrDefault("packetization-mode", "0"))
                    && h264Profile(mine).equals(h264Profile(theirs));
        }
        if (isRtx()) {
            return repaired().equals(other.repaired());
        }
        if (is("VP9")) {
            return parameterMap()
                    .getOrDefault("profile-id", "0")
                    .equals(other.parameterMap().getOrDefault("profile-id", "0"));
        }
        if (is("AV1")) {
            return parameterMap()
                    .getOrDefault("profile", "0")
                    .equals(other.parameterMap().getOrDefault("profile", "0"));
        }
        return true;
    }

    /** Profile and the constraint bits that make constrained baseline another profile; the level is free. */
    private static String h264Profile(Map<String, String> parameters) {
        String id = parameters.getOrDefault("profile-level-id", "42000a").toLowerCase(java.util.Locale.ROOT);
        if (id.length() != 6) {
            return id;
        }
        int constraints = Character.digit(id.charAt(2), 16);
        boolean baseline = (id.startsWith("42") && (constraints & 4) != 0)
                || (id.startsWith("4d") && (constraints & 8) != 0)
                || (id.startsWith("58") && (constraints & 12) == 12);
        return baseline ? "constrained-baseline" : id.substring(0, 2);
    }
}
