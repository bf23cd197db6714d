package dev.yodel.sdp;

import org.jspecify.annotations.Nullable;

/**
 * One {@code a=} line, typed. What this module has no type for is an {@link UnknownAttribute}, kept as it came.
 *
 * <p>Attributes are values: immutable, comparable by {@code equals}, usable from any thread. {@link
 * #attributeValue()} is the text this module would write; the text that a peer wrote is kept beside it in {@link
 * SdpLine}.
 */
public sealed interface Attribute
        permits CandidateLine,
                Direction,
                Extmap,
                Fingerprint,
                Flag,
                Fmtp,
                Group,
                IceOptions,
                IcePwd,
                IceUfrag,
                MaxMessageSize,
                MaxPtime,
                Mid,
                Msid,
                MsidSemantic,
                Ptime,
                Rid,
                RtcpAddress,
                RtcpFeedback,
                Rtpmap,
                SctpInitLine,
                SctpPort,
                Sctpmap,
                Setup,
                Simulcast,
                Ssrc,
                SsrcGroup,
                TlsId,
                UnknownAttribute {
    /**
     * The attribute's name.
     *
     * @return what stands between {@code a=} and the colon or the end of the line
     */
    String attributeName();

    /**
     * The attribute's value.
     *
     * @return what stands behind the colon, or null for a property attribute
     */
    @Nullable
    String attributeValue();

    /**
     * The attribute as it is written.
     *
     * @return name, colon and value, without {@code a=} and without a line end
     */
    default String text() {
        String value = attributeValue();
        return value == null ? attributeName() : attributeName() + ":" + value;
    }
}
