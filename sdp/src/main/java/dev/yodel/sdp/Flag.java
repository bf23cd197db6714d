package dev.yodel.sdp;

import org.jspecify.annotations.Nullable;

/** The property attributes: present or absent, without a value. */
public enum Flag implements Attribute {
    /** RFC 9143 section 6: the section is used inside its BUNDLE group or not at all. */
    BUNDLE_ONLY("bundle-only"),
    /** RFC 8839 section 5.3: the peer is a lite implementation. */
    ICE_LITE("ice-lite"),
    /** RFC 8840 section 8.2: no candidate follows for this section. */
    END_OF_CANDIDATES("end-of-candidates"),
    /** RFC 8285 section 6: one-byte and two-byte header extensions may be mixed. */
    EXTMAP_ALLOW_MIXED("extmap-allow-mixed"),
    /** RFC 5761 section 5.1.1: RTP and RTCP on one port. */
    RTCP_MUX("rtcp-mux"),
    /** RFC 8858: RTCP on the RTP port only. */
    RTCP_MUX_ONLY("rtcp-mux-only"),
    /** RFC 5506 section 5: reduced-size RTCP. */
    RTCP_RSIZE("rtcp-rsize"),
    /** RFC 9335 section 4: header extensions and CSRCs may be encrypted too. */
    CRYPTEX("cryptex");

    private final String attributeName;

    Flag(String attributeName) {
        this.attributeName = attributeName;
    }

    static @Nullable Flag of(String name) {
        return switch (name) {
            case "bundle-only" -> BUNDLE_ONLY;
            case "ice-lite" -> ICE_LITE;
            case "end-of-candidates" -> END_OF_CANDIDATES;
            case "extmap-allow-mixed" -> EXTMAP_ALLOW_MIXED;
            case "rtcp-mux" -> RTCP_MUX;
            case "rtcp-mux-only" -> RTCP_MUX_ONLY;
            case "rtcp-rsize" -> RTCP_RSIZE;
            case "cryptex" -> CRYPTEX;
            default -> null;
        };
    }

    @Override
    public String attributeName() {
        return attributeName;
    }

    @Override
    public @Nullable String attributeValue() {
        return null;
    }
}
